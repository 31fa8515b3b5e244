// An outage (通信中断): which station can be spoken to by what, as a person tried it; kept on this machine's
// disk beside the drafts. Orders go by voice; what was answered goes into the timeline as a note.
// Not here: who is apart (features/station).
import { desk } from '@bridge/bridge';
import type { IncidentView, StationRow } from '@generated/types';
import { clock } from '@kit/clock.svelte';
import { t } from '@kit/words.svelte';
import { deskState } from '../desk/desk.svelte';

export type Channel = 'radio' | 'phone';
export interface Mark { works: boolean; at_ms: number }
type Marks = Record<string, Partial<Record<Channel, Mark>>>;

/** 通, 断, 未试, round and round. */
export function nextMark(mark: Mark | undefined, at_ms: number): Mark | undefined {
  if (!mark) return { works: true, at_ms };
  return mark.works ? { works: false, at_ms } : undefined;
}

/** Who an order is read to: a station, or a unit sent to the open incident. */
export interface Hearer { key: string; name: string }

/** What a person reads aloud; what is not known is said to be so. */
export function readAloud(view: IncidentView, to: string): string {
  const bare = [view.row.place ?? t('outage.no_place'), view.form.text || view.row.type_name || ''].filter(Boolean).join(t('list.comma'));
  const text = (view.order_text || bare).replace(/[\s，。；、,.;]+$/u, '');
  return t('outage.order', { to, code: view.code_aloud, text });
}

const RADIO_DIGITS: Record<string, string> = { 洞: '0', 幺: '1', 两: '2', 三: '3', 四: '4', 五: '5', 六: '6', 拐: '7', 八: '8', 勾: '9' };

/** Whether an answer begins with the code read back; `null` where it begins with none. */
export function echoOf(answer: string, code: string): 'right' | 'wrong' | null {
  const plain = (text: string) =>
    [...text.normalize('NFKC').toUpperCase()].map((c) => RADIO_DIGITS[c] ?? c).join('').replace(/[\s\-‐-―−·_]/gu, '');
  const wanted = plain(code);
  const said = plain(answer);
  if (wanted === '' || !/^[0-9A-Z]{5}/.test(said)) return null;
  return said.startsWith(wanted) ? 'right' : 'wrong';
}

class Outage {
  isOpen = $state(false);
  marks = $state.raw<Marks>({});
  at = $state(0);
  to = $state(0);
  ack = $state('');
  saved_at_ms = $state<number | null>(null);
  /** The last paper of what could not be sent: for whom, where it lies, incidents on it. */
  paper = $state<{ station: number; path: string; count: number } | null>(null);
  isMaking = $state(false);

  mark(station: StationRow, channel: Channel): Mark | undefined {
    return this.marks[station.number]?.[channel];
  }

  async turn(station: StationRow, channel: Channel): Promise<void> {
    const next = nextMark(this.mark(station, channel), clock.exact_ms());
    const own = { ...this.marks[station.number] };
    if (next) own[channel] = next;
    else delete own[channel];
    this.marks = { ...this.marks, [station.number]: own };
    await deskState.attempt('outage', () =>
      desk.draftPut({ key: 'outage', body: JSON.stringify({ v: 1, marks: this.marks }), at_ms: clock.exact_ms() }));
  }

  /** 未送达单: what that station may not know, as a page for a messenger. */
  async make(station: StationRow): Promise<void> {
    if (this.isMaking) return;
    this.isMaking = true;
    this.paper = null;
    const done = await deskState.attempt('outage', () => desk.unsentPaper({ number: station.number }));
    this.isMaking = false;
    if (done) this.paper = { station: station.number, path: done.path, count: done.lines };
  }

  async recall(): Promise<void> {
    const found = await desk.draftGet({ key: 'outage' }).catch(() => null);
    const body = found?.drafts[0]?.body;
    if (!body) return;
    try {
      this.marks = (JSON.parse(body) as { marks: Marks }).marks;
    } catch {
      // Marks that cannot be read are marks nobody made: 未试.
    }
  }

  /** The dispatcher's word for what was answered; in the timeline before it is said to be. */
  async note(incident: string, to: string, station: StationRow | undefined): Promise<boolean> {
    const text = this.ack.trim();
    if (text === '') return false;
    const by = station && (['radio', 'phone'] as const).find((one) => this.mark(station, one)?.works);
    const words = by
      ? t('outage.ack_note', { to, channel: t(by === 'radio' ? 'outage.radio' : 'outage.phone'), text })
      : t('outage.ack_note_bare', { to, text });
    const done = await deskState.attempt('outage', () => desk.incidentNote({ incident, text: words }));
    if (!done) return false;
    this.ack = '';
    this.saved_at_ms = done.saved_at_ms;
    return true;
  }
}

export const outage = new Outage();
