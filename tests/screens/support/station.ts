// A real station for one spec: the program on a home of its own, its intake as an exchange would use it,
// and its router for what a second desk or a terminal would do. It can be killed and started again.
// Not here: the page (desk.ts).
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Board, CallList, Needs, Unit, UnitBoard, UnitState } from '@generated/types';
import { program, root } from './places';

/** Where a caller is, as the network says it. */
export interface CallerFix {
  lon: number;
  lat: number;
  radius_m: number;
  source: 'handset' | 'base_station' | 'landline';
}

/** In the middle of the demo county's seat. */
export const downtown: CallerFix = { lon: 113.8923, lat: 31.1995, radius_m: 20, source: 'handset' };

interface Answer {
  ok?: unknown;
  failure?: { code: string; params: { name: string; value: string }[] };
}

export class Station {
  readonly home = mkdtempSync(join(tmpdir(), 'fengsui-screens-'));
  /** Address of the desk for the browser, token included; another one after every start. */
  url = '';
  #child: ChildProcess | undefined;
  #port = 0;
  #session = '';
  #heard: string[] = [];

  /** `pace` below 1 makes crews slow: at 0.01 no terminal does anything of itself within a test. */
  constructor(readonly pace = 0.01) {}

  get origin(): string {
    return new URL(this.url).origin;
  }

  /** Starts the program; a second start takes the same home and the same port. */
  async start(): Promise<void> {
    const child = spawn(program, [
      'serve', '--demo', '--demo-calls', 'off', '--demo-pace', String(this.pace), '--home', this.home,
      '--county', join(root, 'assets/demo-county'), '--intake', '127.0.0.1:0',
      '--loopback', `127.0.0.1:${this.#port}`, '--ui', join(root, 'ui/dist'),
    ], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#heard = [];
    child.stderr?.on('data', (said: Buffer) => this.#heard.push(String(said)));
    this.url = await new Promise<string>((done, failed) => {
      child.once('error', failed);
      child.once('exit', (code) => failed(new Error(`fengsui ended with ${code}: ${this.#heard.join('')}`)));
      createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
        this.#heard.push(line);
        const found = /^loopback (\S+)$/.exec(line)?.[1];
        if (found) done(found);
      });
    });
    this.#port = Number(new URL(this.url).port);
    const startup = (await this.#post('/startup', {})) as { session: { session: string } | null };
    this.#session = startup.session?.session ?? '';
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async close(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.home, { recursive: true, force: true });
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((done) => {
      child.once('exit', () => done());
      child.kill(signal);
    });
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    const token = new URL(this.url).searchParams.get('token') ?? '';
    const reply = await fetch(new URL(path, this.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-fengsui-token': token },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`${path}: HTTP ${reply.status}`);
    return reply.json();
  }

  /** A command, as another desk (or a crew's terminal that a colleague answers for) gives it. */
  async ask<T>(name: string, request: object = {}): Promise<T> {
    const answer = (await this.#post('/call', { session: this.#session, name, request })) as Answer;
    if (answer.failure) throw new Error(`${name}: ${answer.failure.code} ${JSON.stringify(answer.failure.params)}`);
    return answer.ok as T;
  }

  /** An event at the intake, as the exchange sends it. */
  async intake(event: object): Promise<{ call?: string }> {
    const { address, token } = JSON.parse(readFileSync(join(this.home, 'intake.json'), 'utf8')) as Record<string, string>;
    const reply = await fetch(`http://${address}/intake/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(event),
    });
    const answer = (await reply.json()) as Answer;
    if (!reply.ok) throw new Error(`intake: HTTP ${reply.status} ${JSON.stringify(answer)}`);
    return (answer.ok ?? {}) as { call?: string };
  }

  #rung = 0;
  /** The phone rings; answers with the exchange's name of the call. */
  async ring(line: '110' | '119' | '122' = '110', fix: CallerFix | null = null): Promise<string> {
    const id = `test-${(this.#rung += 1)}`;
    const number = `1390000${String(4000 + this.#rung)}`;
    await this.intake({ event: 'ringing', line, number, id, ...(fix ? { fix } : {}) });
    return id;
  }

  board = () => this.ask<Board>('incident.board');
  calls = () => this.ask<CallList>('call.list');
  needs = () => this.ask<Needs>('need.list');

  async units(): Promise<Unit[]> {
    const { groups } = await this.ask<UnitBoard>('unit.board');
    return groups.flatMap((group) => group.units);
  }

  /** Call signs of so many units in a state, in the order of the board. */
  async callsigns(state: UnitState, count: number): Promise<string[]> {
    const found = (await this.units()).filter((unit) => unit.state === state).slice(0, count);
    if (found.length < count) throw new Error(`only ${found.length} units are ${state}`);
    return found.map((unit) => unit.callsign);
  }

  /** An incident that another desk took and filed. */
  async file(form: object): Promise<string> {
    const { incident } = await this.ask<{ incident: string }>('incident.open', {
      line: '110', entrance: 'walk_in', found_by: null, callback_of: null,
    });
    await this.ask('incident.file', { incident, form: { ...noForm, ...form } });
    return incident;
  }
}

/** A form in which nothing changes. */
export const noForm = {
  line: null, entrance: null, place: null, point: null, point_source: null, town: null, text: null,
  type_code: null, level: null, caller_name: null, caller_number: null, contact: null,
  caller_note: null, order_text: null, plate: null, trapped: null, injured: null, dead: null,
  building: null, floor: null, material: null, dangerous_goods: null, water_source: null,
  vehicles: null, road_state: null, answers: [], point_datum: null,
};
