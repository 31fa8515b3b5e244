// What a dispatcher does with one key: take, file, send, follow, close, go somewhere.
// Focus moves only here, because of that key, and only if the person has not moved on meanwhile.
import { conflicts, thingOfNeed } from '@features/conflict/conflicts.svelte';
import { heard } from '@features/outage/heard.svelte';
import { outage } from '@features/outage/outage.svelte';
import { copies } from '@features/copy/copies.svelte';
import { commandLine } from '@features/command/command.svelte';
import { candidates } from '@features/candidate/candidates.svelte';
import { calls } from '@features/call/calls.svelte';
import { codes } from '@features/desk/codes.svelte';
import { deskState, type Tab } from '@features/desk/desk.svelte';
import { rememberLook } from '@features/desk/look';
import { fieldOfPending } from '@features/desk/pending';
import { typeAhead } from '@features/incident/ahead';
import { asking } from '@features/incident/ask-digit.svelte';
import { backToField, firstEmptyField } from '@features/incident/field';
import { incidents } from '@features/incident/board.svelte';
import { follow } from '@features/incident/follow.svelte';
import { sheet, type Face } from '@features/incident/sheet.svelte';
import { mapState } from '@features/map/map.svelte';
import { areaName, holding } from '@features/place/area-words';
import { paper } from '@features/incident/paper.svelte';
import { wall } from '@features/wall/wall.svelte';
import { needs } from '@features/need/needs.svelte';
import type { Channel, Entrance, Line, Need, Unit } from '@generated/types';
import { focusMark, focusOn } from '@kit/focus';
import { t } from '@kit/words.svelte';
import { tick } from 'svelte';

const entrances: Entrance[] = ['walk_in', 'radio', 'patrol', 'sms', 'video', 'department', 'phone'];

class Actions {
  isTreeOpen = $state(false);
  /** Where the focus was before the command line or a page took it. */
  #before: string | null = null;

  /** Goes to a pane; on a small screen its page is turned up first. */
  async goTo(name: string, tab?: Tab): Promise<boolean> {
    if (tab) deskState.tab = tab;
    await tick();
    return focusOn(name);
  }

  /** Esc: back to the form as it was, or to the units of the incident that is followed. */
  back(): boolean {
    if (deskState.page !== 'desk') return this.leavePage();
    if (paper.forget()) return true;
    if (!sheet.incident) return focusOn('queue');
    return sheet.face === 'form' ? backToField() : focusOn('assignments');
  }

  leavePage(): boolean {
    deskState.page = 'desk';
    void tick().then(() => this.#return());
    return true;
  }

  openPage(page: typeof deskState.page): void {
    this.#remember();
    deskState.page = page;
  }

  #remember(): void {
    const name = (document.activeElement as HTMLElement | null)?.dataset?.['focus'];
    if (name && name !== 'command' && name !== 'find') this.#before = name;
  }
  #return(): void {
    const name = this.#before;
    if (name?.startsWith('field-')) backToField();
    else if (!name || !focusOn(name)) this.back();
  }

  toCommand(begin = ''): void {
    commandLine.calls += 1;
    this.#remember();
    if (begin !== '' && commandLine.text === '') commandLine.text = begin;
    focusOn('command');
  }
  leaveCommand(): void {
    this.#return();
  }
  /** Looks for a text and shows the hits in the queue. */
  find(text: string): void {
    deskState.tab = 'calls';
    void incidents.search(text).then(() => focusOn('queue'));
  }
  toFind(text?: string): void {
    this.#remember();
    deskState.tab = 'calls';
    void tick().then(() => {
      focusOn('find');
      const input = document.activeElement;
      if (!(input instanceof HTMLInputElement)) return;
      if (text) {
        input.value = text;
        input.dispatchEvent(new Event('input', { bubbles: true }));
      } else input.select();
    });
  }

  /** F2: the oldest ringing call; its incident is open and numbered with the answer. */
  async answer(): Promise<void> {
    const ahead = typeAhead();
    const answered = await calls.answer(() => void this.answer());
    if (!answered) return ahead.giveBack();
    await sheet.open(answered.incident, 'form');
    follow.reset();
    this.#forgetOthers();
    await tick();
    if (ahead.isStill()) ahead.pourInto(firstEmptyField());
  }

  /** Candidates of another incident go; those of the one just opened may be there already. */
  #forgetOthers(): void {
    if (candidates.incident !== sheet.incident) candidates.forget();
  }

  /** Alt J: this call ends, the next one is taken. */
  async nextCall(): Promise<void> {
    if (await calls.end()) await this.answer();
  }

  /** Shift F2: a report that did not come by a ringing phone; a digit says how. */
  byHand(): void {
    asking.ask({
      title: t('open.how'),
      ways: entrances.map((entrance) => ({ code: entrance, name: t(`entrance.${entrance}`) })),
      take: (code) => void this.#openByHand(code as Entrance, '110', null),
    });
  }

  async callBack(): Promise<void> {
    const call = calls.toCallBack;
    if (call) await this.#openByHand('phone', call.line, call.id);
  }

  async #openByHand(entrance: Entrance, line: Line, callback: string | null): Promise<void> {
    const again = () => void this.#openByHand(entrance, line, callback);
    const before = document.activeElement;
    if (!(await sheet.openByHand(entrance, line, callback, again))) return;
    follow.reset();
    this.#forgetOthers();
    await tick();
    const now = document.activeElement;
    if (now === before || now === document.body) focusOn(firstEmptyField());
  }

  /** Opens an incident from the queue, the board or a need. */
  async open(incident: string, face?: Face, mayMove = true): Promise<void> {
    const calls = commandLine.calls;
    follow.reset();
    await sheet.open(incident, face);
    if (sheet.incident !== incident) return;
    const stage = sheet.view.value?.row.stage;
    if (candidates.incident !== incident) {
      candidates.forget();
      if (stage === 'waiting' || stage === 'dispatched') void candidates.look(incident);
    }
    await tick();
    // Whoever has gone to the command line meanwhile keeps the keyboard there.
    if (!mayMove || calls !== commandLine.calls) return;
    if (sheet.face === 'form') focusOn(sheet.form.isDirty ? sheet.lastField : firstEmptyField());
    else focusOn('assignments');
  }

  openNeed(need: Need): void {
    if (need.kind === 'conflict') this.openConflict(thingOfNeed(need.key));
    else if (need.incident) void this.open(need.incident, 'follow');
    else if (need.unit) void this.goTo('units', 'units');
    else if (need.call) void this.callBack();
  }

  /** The card lies over the map, so on a small screen that page is turned up; it takes the keyboard. */
  openConflict(thing: string, field: string | null = null): void {
    outage.isOpen = copies.isOpen = false;
    deskState.page = 'desk';
    deskState.tab = 'map';
    conflicts.open(thing, field);
    void tick().then(() => focusOn('conflict'));
  }
  /** After a card: to what still needs a person, else back. */
  leaveConflict(): void {
    deskState.tab = 'calls';
    void tick().then(() => (needs.rows.length > 0 ? focusOn('needs') : this.back()));
  }

  /** Alt O: what still works, and orders by voice. */
  toOutage(): void {
    if (outage.isOpen) return this.leaveOutage();
    this.#remember();
    conflicts.close();
    copies.isOpen = false;
    outage.isOpen = true;
    deskState.tab = 'map';
    void tick().then(() => focusOn('outage'));
  }
  leaveOutage(): void {
    outage.isOpen = false;
    void tick().then(() => this.#return());
  }

  /** What was entered by voice is an incident here: its sheet, to send from. */
  async openHeard(incident: string): Promise<void> {
    outage.isOpen = false;
    await this.open(incident, 'follow');
  }

  /** Alt V: a stub joins an incident or stands alone; a digit says which. */
  voice(): void {
    const view = sheet.view.value;
    if (!view) return;
    const [id, doubt] = [view.row.id, view.voice_doubt];
    const ways = [
      ...(doubt?.others ?? []).map((one) => ({ code: `+${one.id}`, name: t('voice.join', { number: one.number, place: one.place ?? '' }) })),
      ...(doubt ? [{ code: `-${doubt.alone}`, name: t('voice.alone') }] : []),
      ...view.voice_parts.map((part) => ({ code: `-${part.id}`, name: t('voice.take_out', { from: part.from, number: part.number }) })),
    ];
    if (ways.length === 0) return;
    asking.ask({
      title: t('voice.which'),
      ways: ways.slice(0, 9),
      take: (code) => void (code.startsWith('+') ? heard.join(id, code.slice(1)) : heard.part(code.slice(1))),
    });
  }

  /** Alt N: orders to the crews of the station house this desk stands in. */
  toCopies(): void {
    if (copies.isOpen) return this.leaveCopies();
    this.#remember();
    conflicts.close();
    outage.isOpen = false;
    copies.open();
    deskState.tab = 'map';
    void tick().then(() => focusOn('copies'));
  }
  leaveCopies(): void {
    copies.isOpen = false;
    void tick().then(() => this.#return());
  }
  openCopied(incident: string): void {
    copies.isOpen = false;
    void this.open(incident, 'follow');
  }

  openUnit(unit: Unit): void {
    if (unit.incident) void this.open(unit.incident, 'follow');
  }

  /** Ctrl Enter: files what is typed, whatever is missing, and goes to the candidates. */
  async file(): Promise<void> {
    const incident = sheet.incident;
    if (!incident) return;
    const mark = focusMark();
    if (!(await sheet.file(() => void this.file()))) return;
    await this.toCandidates(mark);
  }

  async toCandidates(mark = focusMark()): Promise<void> {
    const incident = sheet.incident;
    if (!incident) return;
    candidates.order.release(true);
    await candidates.look(incident);
    if (!mark.isStill()) return;
    await this.goTo('candidates', 'map');
  }

  afterSend(): void {
    if (sheet.face === 'form') backToField();
    else focusOn('assignments');
  }

  invalid(): boolean {
    const stage = sheet.view.value?.row.stage;
    if (!sheet.incident || stage === 'closed' || stage === 'invalid') return false;
    asking.ask({
      title: t('foot.invalid'),
      ways: (codes.tables.value?.invalid_reasons ?? []).slice(0, 6),
      take: (reason) => void sheet.invalidate(reason).then((done) => done && this.turn('follow')),
    });
    return true;
  }

  turn(face: Face = sheet.face === 'form' ? 'follow' : 'form'): void {
    if (!sheet.incident) return;
    sheet.turn(face);
    void tick().then(() => (face === 'form' ? backToField() : focusOn('assignments')));
  }

  /** To a field of the form, from wherever the person is. */
  field(name: string): void {
    if (!sheet.incident) return;
    if (sheet.face !== 'form') sheet.turn('form');
    void tick().then(() => focusOn(name));
  }

  #pendingAt = 0;
  /** Alt D: the next thing that is missing, round and round. */
  nextPending(): void {
    const pending = sheet.view.value?.pending ?? [];
    if (pending.length === 0) return;
    const name = pending[this.#pendingAt % pending.length] ?? '';
    this.#pendingAt += 1;
    const field = fieldOfPending(name);
    if (field === 'type') this.tree();
    else this.field(field);
  }

  tree(): void {
    if (!sheet.incident) return;
    if (sheet.face !== 'form') sheet.turn('form');
    this.isTreeOpen = true;
  }
  leaveTree(): void {
    if (!this.isTreeOpen) return;
    this.isTreeOpen = false;
    void tick().then(() => backToField());
  }

  feedback(): void {
    if (!sheet.incident) return;
    if (sheet.face !== 'follow') sheet.turn('follow');
    void tick().then(() => focusOn('feedback'));
  }

  /** Ctrl Shift Enter: closes; without a result it is refused and says so beside the key. */
  async close(): Promise<void> {
    if (!sheet.incident) return;
    const stage = sheet.view.value?.row.stage;
    if (sheet.face !== 'follow') sheet.turn('follow');
    if (stage === 'closed' || stage === 'invalid') {
      asking.ask({
        title: t('reopen.why'),
        ways: (['reopen.new_facts', 'reopen.called_again', 'reopen.by_mistake'] as const).map((key) => ({ code: t(key), name: t(key) })),
        take: (reason) => void follow.reopen(reason),
      });
      return;
    }
    await follow.close();
  }

  takeMapPoint(): void {
    const centre = mapState.centre;
    if (centre && sheet.incident) void sheet.placeFromMap(centre.lon, centre.lat);
  }

  /** Alt G: two jurisdictions hold the place; a digit says whose it is. */
  chooseJurisdiction(): boolean {
    const held = holding(sheet.view.value?.place_facts);
    if (held.length < 2) return false;
    asking.ask({
      title: t('area.which'),
      ways: held.slice(0, 9).map((one) => ({ code: one.code, name: areaName(one) })),
      take: (code) => void sheet.amend({ jurisdiction: code }),
    });
    return true;
  }

  /** Ctrl P: the dispatch order of the open incident as a page to print. */
  async printOrder(): Promise<void> {
    if (sheet.incident) await paper.make(sheet.incident);
  }

  /** Alt P: the open incident onto the wall, or down again. */
  async toWall(): Promise<void> {
    await wall.put(sheet.incident);
  }
  async openWall(): Promise<void> {
    await wall.openWindow();
  }

  remind(channel: Channel): void {
    const isHere = document.activeElement?.closest('[data-testid="assignments"]');
    if (isHere) void follow.remind(channel);
    else void needs.remind(channel);
  }

  toNeeds(): void {
    needs.next();
    void this.goTo('needs', 'calls');
  }

  theme(): void {
    deskState.look({ theme: deskState.theme === 'day' ? 'night' : 'day' });
    void rememberLook();
  }
  typeSize(): void {
    const next = { 100: 125, 125: 150, 150: 100 } as const;
    deskState.look({ typeSize: next[deskState.typeSize] });
    void rememberLook();
  }
  mute(): void {
    deskState.look({ isMuted: !deskState.isMuted });
    void rememberLook();
  }
}

export const actions = new Actions();
