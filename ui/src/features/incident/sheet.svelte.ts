// The right column: which incident is open, its form or its follow-up, and what was typed.
// Not here: how it looks (components) and which key does what (frame).
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type {
  Entrance, Form, IncidentView, Level, Line, PlaceHit, TypeProposal,
} from '@generated/types';
import { clock } from '@kit/clock.svelte';
import { deskState } from '../desk/desk.svelte';
import { DraftKeeper } from './draft-keeper';
import { FormModel, formOf, type FormDraft } from './form-model.svelte';

export type Face = 'form' | 'follow';
const levels: readonly Level[] = ['normal', 'attention', 'urgent', 'grave'];

/** What the desk itself puts back after a power cut. */
interface DeskDraft {
  v: 1;
  incident: string | null;
  face: Face;
}

class Sheet {
  incident = $state<string | null>(null);
  face = $state<Face>('form');
  readonly form = new FormModel();
  readonly view = new Read<IncidentView>(
    ['incidents', 'calls'],
    () => desk.incidentView({ incident: this.incident ?? '' }),
    150,
  );
  proposals = $state.raw<TypeProposal[]>([]);
  /** The field the focus returns to with Esc. */
  lastField = 'field-place';
  #proposeTimer: ReturnType<typeof setTimeout> | undefined;
  #proposedFor = '';

  /** Everything typed into the form is on the disk. */
  isKept = $state(true);

  readonly keeper = new DraftKeeper({
    read: () => {
      if (!this.incident) return null;
      const draft = this.form.draft();
      const isEmpty = !this.form.isDirty && draft.focus === null;
      return { key: `incident:${this.incident}`, body: isEmpty ? '' : JSON.stringify(draft) };
    },
    write: async (draft) => void (await desk.draftPut({ ...draft, at_ms: 0 })),
    onSaved: () => deskState.saved(clock.exact_ms()),
    onKept: (isKept) => (this.isKept = isKept),
    onFailed: (error) => {
      const again = () => void this.keeper.flush();
      void deskState.attempt('draft', () => Promise.reject(error as Error), again);
    },
  });

  get line(): Line {
    return this.view.value?.form.line ?? this.view.value?.row.line ?? '110';
  }

  /** Takes what arrived into the fields nobody touched. Called whenever the view is new. */
  absorb(view: IncidentView): void {
    // It turned out to be a part of another incident: the sheet goes on with the whole.
    const isPart = [...view.voice_parts, ...view.joined].some((part) => part.id === this.incident);
    if (isPart) this.incident = view.row.id;
    if (view.row.id !== this.incident) return;
    this.form.absorb(view.form);
    this.proposeSoon();
  }

  /** Opens an incident; what was typed in the one before is on the disk first. */
  async open(incident: string, face?: Face): Promise<void> {
    if (incident !== this.incident) {
      if (this.incident) {
        await this.keeper.flush();
        await this.save();
      }
      this.form.reset();
      // The caret may stand in the same field as before; that field hears of no focus again.
      this.form.focused = (document.activeElement as HTMLElement | null)?.dataset?.['field'] ?? null;
      this.view.clear();
      this.proposals = [];
      this.#proposedFor = '';
      this.incident = incident;
      const [, found] = await Promise.all([
        this.view.refresh(),
        desk.draftGet({ key: `incident:${incident}` }).catch(() => null),
      ]);
      if (this.incident !== incident) return;
      if (this.view.value) this.absorb(this.view.value);
      const draft = parse<FormDraft>(found?.drafts[0]?.body);
      if (draft) {
        this.form.overlay(draft);
        if (draft.focus) this.lastField = `field-${draft.focus}`;
        this.form.caret = draft.caret;
      }
    }
    const isTaking = this.view.value?.row.stage === 'taking';
    this.face = face ?? (isTaking ? 'form' : 'follow');
    void this.rememberDesk();
  }

  turn(face: Face): void {
    this.face = face;
    void this.rememberDesk();
  }

  /** A key was pressed in a field. */
  typed(): void {
    this.keeper.touch();
    this.proposeSoon();
  }

  /** The person left a field: what differs goes into the log. */
  async save(): Promise<boolean> {
    const incident = this.incident;
    const changes = this.form.changes();
    if (!incident || Object.keys(changes).length === 0) return true;
    return this.amend(changes);
  }

  async amend(changes: Partial<Form>): Promise<boolean> {
    const incident = this.incident;
    if (!incident) return false;
    const reply = await deskState.attempt('form', () =>
      desk.incidentAmend({ incident, form: formOf(changes) }),
    );
    if (!reply) return deskState.rejections['form']?.code === 'nothing_to_change';
    this.form.settled(changes);
    void this.keeper.flush();
    return true;
  }

  /** 建警情: everything typed, filed; empty fields never block. */
  async file(again: () => void): Promise<boolean> {
    const incident = this.incident;
    if (!incident) return false;
    const changes = this.form.changes();
    const stage = this.view.value?.row.stage;
    if (stage !== undefined && stage !== 'taking') return this.save();
    const reply = await deskState.attempt('file', () =>
      desk.incidentFile({ incident, form: formOf(changes) }), again,
    );
    if (!reply) return false;
    this.form.settled(changes);
    void this.keeper.flush();
    return true;
  }

  choosePlace(hit: PlaceHit): Promise<boolean> {
    this.form.values.place = hit.name;
    return this.amend({
      place: hit.name,
      ...(hit.town ? { town: hit.town } : {}),
      ...(hit.point ? { point: hit.point, ...(hit.datum === null ? { point_source: 'gazetteer' } : { point_source: 'coordinate', point_datum: hit.datum }) } : {}),
    });
  }

  placeFromMap(lon: number, lat: number): Promise<boolean> {
    return this.amend({ point: { lon, lat }, point_source: 'map_click' });
  }

  chooseLine(line: Line): Promise<boolean> {
    return line === this.line ? Promise.resolve(true) : this.amend({ line });
  }

  chooseType(code: string, level: Level): Promise<boolean> {
    return this.amend({ type_code: code, level });
  }

  takeProposal(at: number): Promise<boolean> {
    const proposal = this.proposals[at];
    return proposal ? this.chooseType(proposal.code, proposal.level) : Promise.resolve(false);
  }

  stepLevel(by: 1 | -1): Promise<boolean> {
    const now = this.view.value?.row.level ?? 'normal';
    const next = levels[levels.indexOf(now) + by];
    return next ? this.amend({ level: next }) : Promise.resolve(false);
  }

  /** Puts back the other value of the first field two writers changed (Alt Z). */
  takeOther(): Promise<boolean> {
    const other = this.view.value?.parallel[0];
    if (!other) return Promise.resolve(false);
    return this.amend({ [other.field]: other.other } as Partial<Form>);
  }

  async invalidate(reason: string): Promise<boolean> {
    const incident = this.incident;
    if (!incident) return false;
    await this.save();
    const reply = await deskState.attempt('invalid', () =>
      desk.incidentInvalidate({ incident, reason }),
    );
    return reply !== undefined;
  }

  async openByHand(
    entrance: Entrance, line: Line, callback_of: string | null, again: () => void,
  ): Promise<boolean> {
    const opened = await deskState.attempt('open', () =>
      desk.incidentOpen({ line, entrance, found_by: null, callback_of }), again,
    );
    if (opened) await this.open(opened.incident, 'form');
    return opened !== undefined;
  }

  /** Nothing is open any more; what was typed is saved first. */
  async close(): Promise<void> {
    await this.keeper.flush();
    await this.save();
    this.incident = null;
    this.form.reset();
    this.view.clear();
    this.proposals = [];
    void this.rememberDesk();
  }

  proposeSoon(): void {
    const asked = `${this.line}\n${this.form.values.text}`;
    if (asked === this.#proposedFor) return;
    clearTimeout(this.#proposeTimer);
    this.#proposeTimer = setTimeout(() => void this.#propose(asked), 120);
  }

  async #propose(asked: string): Promise<void> {
    this.#proposedFor = asked;
    const text = this.form.values.text;
    if (text.trim() === '') {
      this.proposals = [];
      return;
    }
    const reply = await desk.typePropose({ text: text.slice(0, 4000), line: this.line }).catch(() => null);
    if (this.#proposedFor === asked && reply) this.proposals = reply.proposals.slice(0, 3);
  }

  async rememberDesk(): Promise<void> {
    const body: DeskDraft = { v: 1, incident: this.incident, face: this.face };
    await desk.draftPut({ key: 'desk', body: JSON.stringify(body), at_ms: 0 }).catch(() => undefined);
  }

  /** After a start: the half-typed form as it was. True when there was one. */
  async restore(): Promise<boolean> {
    const found = await desk.draftGet({ key: 'desk' }).catch(() => null);
    const before = parse<DeskDraft>(found?.drafts[0]?.body);
    if (!before?.incident) return false;
    await this.open(before.incident, before.face);
    const stage = this.view.value?.row.stage;
    if (!this.view.value || stage === 'closed' || stage === 'invalid') {
      await this.close();
      return false;
    }
    return true;
  }
}

function parse<T>(body: string | undefined): T | null {
  if (!body) return null;
  try {
    return JSON.parse(body) as T;
  } catch {
    return null;
  }
}

export const sheet = new Sheet();
