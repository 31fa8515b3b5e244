// The half-typed form: what stands in the fields, what the core knows, and the difference.
// Invariant: nothing that arrives changes a field that has the focus or was typed in.
import type { Answer, Form } from '@generated/types';

export const textKeys = [
  'place', 'text', 'caller_name', 'caller_number', 'contact', 'caller_note', 'order_text',
  'plate', 'building', 'floor', 'material', 'dangerous_goods', 'water_source', 'road_state',
] as const;
export const countKeys = ['trapped', 'injured', 'dead', 'vehicles'] as const;
export type TextKey = (typeof textKeys)[number];
export type CountKey = (typeof countKeys)[number];
export type FieldKey = TextKey | CountKey;
const fieldKeys: readonly FieldKey[] = [...textKeys, ...countKeys];

export type FieldValues = Record<FieldKey, string>;

/** What a draft keeps: only what differs from the core, and where the person was. */
export interface FormDraft {
  v: 1;
  values: Partial<FieldValues>;
  answers: Record<string, string>;
  focus: string | null;
  caret: [number, number] | null;
}

const emptyForm: Form = {
  line: null, entrance: null, place: null, point: null, point_source: null, town: null, jurisdiction: null, text: null,
  type_code: null, level: null, caller_name: null, caller_number: null, contact: null,
  caller_note: null, order_text: null, plate: null, trapped: null, injured: null, dead: null,
  building: null, floor: null, material: null, dangerous_goods: null, water_source: null,
  vehicles: null, road_state: null, answers: [], point_datum: null,
};

/** A whole `Form` from the few fields that changed; `null` leaves a field as it is. */
export function formOf(changes: Partial<Form>): Form {
  return { ...emptyForm, ...changes };
}

const blank = (): FieldValues =>
  Object.fromEntries(fieldKeys.map((key) => [key, ''])) as FieldValues;

export class FormModel {
  values = $state<FieldValues>(blank());
  answers = $state<Record<string, string>>({});
  /** Field with the focus, by its name; set by the form. */
  focused: string | null = null;
  caret: [number, number] | null = null;
  #base: FieldValues = blank();
  #baseAnswers: Record<string, string> = {};

  /** Another incident: everything typed before belongs to the other draft. */
  reset(): void {
    this.values = blank();
    this.answers = {};
    this.#base = blank();
    this.#baseAnswers = {};
    this.focused = null;
    this.caret = null;
  }

  /** Takes what the core knows into every field nobody has touched. */
  absorb(form: Form): void {
    for (const key of fieldKeys) {
      const known = form[key];
      const text = known === null ? '' : String(known);
      const isUntouched = this.values[key] === this.#base[key];
      if (isUntouched && this.focused === key) continue;
      this.#base[key] = text;
      if (isUntouched) this.values[key] = text;
    }
    for (const { question, answer } of form.answers) {
      const shown = this.answers[question] ?? '';
      const isUntouched = shown === (this.#baseAnswers[question] ?? '');
      if (isUntouched && this.focused === `answer:${question}`) continue;
      this.#baseAnswers[question] = answer;
      if (isUntouched) this.answers[question] = answer;
    }
  }

  /** Lays a draft over what the core knows. */
  overlay(draft: FormDraft): void {
    for (const key of fieldKeys) {
      const typed = draft.values[key];
      if (typed !== undefined) this.values[key] = typed;
    }
    for (const [question, answer] of Object.entries(draft.answers)) this.answers[question] = answer;
  }

  draft(): FormDraft {
    const values: Partial<FieldValues> = {};
    for (const key of fieldKeys) {
      if (this.values[key] !== this.#base[key]) values[key] = this.values[key];
    }
    return {
      v: 1,
      values,
      answers: this.#changedAnswers(),
      focus: this.focused,
      caret: this.caret,
    };
  }

  get isDirty(): boolean {
    const { values, answers } = this.draft();
    return Object.keys(values).length + Object.keys(answers).length > 0;
  }

  /** What differs, as the core takes it. A count that is no number stays in the draft. */
  changes(): Partial<Form> {
    const changed: Partial<Form> = {};
    for (const key of textKeys) {
      if (this.values[key] !== this.#base[key]) changed[key] = this.values[key];
    }
    for (const key of countKeys) {
      const typed = this.values[key].trim();
      if (typed !== this.#base[key] && /^\d{1,4}$/.test(typed)) changed[key] = Number(typed);
    }
    const answers: Answer[] = Object.entries(this.#changedAnswers()).map(
      ([question, answer]) => ({ question, answer }),
    );
    if (answers.length > 0) changed.answers = answers;
    return changed;
  }

  /** The core has these on its disk: they are no longer a difference. */
  settled(changed: Partial<Form>): void {
    for (const key of fieldKeys) {
      const value = changed[key];
      if (value !== undefined && value !== null) this.#base[key] = String(value);
    }
    for (const { question, answer } of changed.answers ?? []) this.#baseAnswers[question] = answer;
  }

  #changedAnswers(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.answers).filter(
        ([question, answer]) => answer !== (this.#baseAnswers[question] ?? ''),
      ),
    );
  }
}
