// The one door to the core: `desk.<command>(request)`, typed from the generated table.
// Not here: what a failure says (failure-table) and when to ask again (read).
import { commands, type CommandName } from '@generated/commands';
import type { Failure, FailureCode, SignedIn, Topic } from '@generated/types';
import type { Host, Reply, Startup } from './host';

/** A code of the core, or the one thing only this side can know: the core did not answer. */
export type DeskCode = FailureCode | 'bridge.lost';
export type DeskFailure = Omit<Failure, 'code'> & { code: DeskCode };

/** Thrown by every command that did not succeed. */
export class Failed extends Error {
  constructor(
    readonly failure: DeskFailure,
    readonly command: CommandName,
  ) {
    super(`${command}: ${failure.code}`);
  }
}

export function failureOf(error: unknown): DeskFailure {
  if (error instanceof Failed) return error.failure;
  return { code: 'bridge.lost', params: [], trace: '' };
}

let host: Host | undefined;
let session = '';

export function useHost(next: Host): void {
  host = next;
  session = '';
}

function theHost(): Host {
  if (!host) throw new Error('no host');
  return host;
}

export const hostKind = (): Host['kind'] => theHost().kind;
export const tileUrl = (): string => theHost().tileUrl;
export const rasterUrl = (): string => theHost().rasterUrl;
export const pictureUrl = (theme: string): string => theHost().pictureUrl.replace('{theme}', theme);
export const saveText = (name: string, text: string): Promise<string> => theHost().saveText(name, text);
export const openWall = (): Promise<void> => theHost().openWall(session);
/** The wall's page takes over the session it was opened with; true when there was one. */
export function adoptWallSession(): boolean {
  session = theHost().wallSession() ?? '';
  return session !== '';
}
export const startup = (): Promise<Startup> => theHost().startup();
export const quit = (): Promise<void> => theHost().quit();
export const onLink = (listener: (isUp: boolean) => void): void => theHost().onLink(listener);
export const onChanged = (listener: (topics: Topic[]) => void): void =>
  theHost().onChanged(listener);

export function adoptSession(signed: SignedIn | null): void {
  session = signed?.session ?? '';
}

async function call<Req, Rep>(name: CommandName, request: Req): Promise<Rep> {
  let reply: Reply;
  try {
    reply = await theHost().call({ session, name, request });
  } catch {
    throw new Failed({ code: 'bridge.lost', params: [], trace: '' }, name);
  }
  if ('failure' in reply) throw new Failed(reply.failure, name);
  return reply.ok as Rep;
}

export const desk = commands(call);
