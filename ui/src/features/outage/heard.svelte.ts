// 语音转来: what was heard by voice with a short code, typed until it is an incident here; and what is said of
// a stub whose code another incident has, too. Not here: the form's looks, which code is whose (the core).
import { desk } from '@bridge/bridge';
import type { Level, Opened } from '@generated/types';
import { clock } from '@kit/clock.svelte';
import { codes } from '../desk/codes.svelte';
import { deskState } from '../desk/desk.svelte';
import { formOf } from '../incident/form-model.svelte';

const levels: readonly Level[] = ['normal', 'attention', 'urgent', 'grave'];

/** 14:05 or 1405 of today, or of yesterday where that is still to come; `null` = not a time. */
export function heardAt(text: string, now_ms: number): number | null {
  const found = /^\s*(\d{1,2})[:：.]?(\d{2})\s*$/.exec(text);
  const [hour, minute] = [Number(found?.[1]), Number(found?.[2])];
  if (!found || hour > 23 || minute > 59) return null;
  const at = new Date(now_ms);
  at.setHours(hour, minute, 0, 0);
  return at.getTime() > now_ms ? at.setDate(at.getDate() - 1) : at.getTime();
}

class Heard {
  isOpen = $state(false);
  code = $state('');
  from = $state('');
  at = $state('');
  type = $state('');
  place = $state('');
  text = $state('');
  level = $state<Level | null>(null);

  /** What the typed type names; nothing is guessed where it names none. */
  typeRow = $derived(this.type.trim() === '' ? undefined : codes.find(this.type, '110', 1)[0]);

  stepLevel(by: number): void {
    const now = this.level === null ? -1 : levels.indexOf(this.level);
    this.level = levels[Math.max(0, Math.min(levels.length - 1, now + by))] ?? null;
  }

  /** Enters it; all that was typed stays when it is refused. */
  async enter(): Promise<Opened | undefined> {
    const at_ms = this.at.trim() === '' ? null : heardAt(this.at, clock.exact_ms());
    if (this.at.trim() !== '' && at_ms === null) {
      deskState.rejections['heard'] = { code: 'time.impossible', params: [{ name: 'detail', value: this.at }], trace: '' };
      return undefined;
    }
    const form = formOf({
      ...(this.place.trim() ? { place: this.place.trim() } : {}),
      ...(this.text.trim() ? { text: this.text.trim() } : {}),
      ...(this.typeRow ? { type_code: this.typeRow.code } : {}),
      ...(this.level ? { level: this.level } : {}),
    });
    const done = await deskState.attempt('heard', () =>
      desk.incidentHear({ code: this.code, line: '110', from: this.from, at_ms, form }));
    if (done) this.forget();
    return done;
  }

  forget(): void {
    this.isOpen = false;
    this.code = this.from = this.at = this.type = this.place = this.text = '';
    this.level = null;
    delete deskState.rejections['heard'];
  }

  join(incident: string, into: string): Promise<unknown> {
    return deskState.attempt('voice', () => desk.incidentJoin({ incident, into }));
  }
  part(part: string): Promise<unknown> {
    return deskState.attempt('voice', () => desk.incidentPart({ part, reason: '' }));
  }
}

export const heard = new Heard();
