// Stations at the desk: what is apart and lacking is said, a conflict is settled by a person with a reason,
// the board is taken by two, and orders go by voice in an outage.
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { conflictOf, StationScene } from '../fixture/station-handlers';
import { FixtureHost } from '../fixture/fixture-host';
import { clockHeat, clockWords, completeAt, lackTime, sayLacks, sumOf } from '@features/station/stations.svelte';
import { echoOf, nextMark } from '@features/outage/outage.svelte';
import { heardAt } from '@features/outage/heard.svelte';

const at = (time: string) => new Date(`2026-11-27T${time}`).getTime();

describe('what is said of stations, pure', () => {
  const now = at('14:30:00');
  const lack = (name: string, since_ms: number | null) => ({ number: 3, name, since_ms });
  it('says one lack whole and of several how many and the earliest', () => {
    expect(sayLacks([], now)).toBe('');
    expect(sayLacks([lack('城东所', at('14:02:11'))], now)).toBe('不含 城东所 14:02 后');
    expect(sayLacks([lack('城东所', null)], now)).toBe('不含 城东所');
    expect(sayLacks([lack('城东所', at('14:02:11')), lack('柳河所', at('13:12:00'))], now)).toBe('不含 2 站，13:12 后');
    expect(sayLacks([lack('城东所', at('14:02:11')), lack('柳河所', null)], now)).toBe('不含 2 站');
  });
  it('gives another day its date', () => expect(lackTime(at('14:02:11') - 86_400_000, now)).toBe('11-26 14:02'));
  it.each([[null, 'calm', '未知'], [0, 'calm', '0.0 s'], [2000, 'calm', '+2.0 s'], [-2001, 'amber', '−2.0 s'], [60_000, 'amber', '+60 s'], [60_001, 'red', '+60 s'], [-2_820_000, 'red', '−2820 s']] as const)('a clock off by %s ms is %s: %s', (ms, heat, words) => {
    expect(clockHeat(ms)).toBe(heat);
    expect(clockWords(ms)).toBe(words);
  });
  it('knows no whole where one part is unknown', () => {
    const scene = new StationScene();
    scene.fill();
    const others = scene.stations.slice(1, 4);
    expect(sumOf(others, 'to_go')).toBe(12);
    expect(completeAt(others)).toBe(others[1]?.complete_at_ms);
    const [first] = others;
    if (first) Object.assign(first, { state: 'in_touch', complete_at_ms: null });
    expect(sumOf(others, 'to_go')).toBeNull();
    expect(completeAt(others)).toBeNull();
  });
  it('turns a channel from not tried to works to dead and back', () => {
    const works = nextMark(undefined, 5);
    expect(works).toEqual({ works: true, at_ms: 5 });
    expect(nextMark(works, 6)).toEqual({ works: false, at_ms: 6 });
    expect(nextMark({ works: false, at_ms: 6 }, 7)).toBeUndefined();
  });
});

describe('what is heard by voice, pure', () => {
  it.each([
    ['A7-41K 收到', 'right'], ['a741k', 'right'], ['A拐，四幺K', 'right'], ['Ａ７ ４１Ｋ，马上去', 'right'], ['A7-41R 收到', 'wrong'],
    ['收到，马上去', null], ['A7', null], ['', null],
  ] as const)('an answer “%s” reads the code back: %s', (answer, found) => expect(echoOf(answer.replace('，四', '四'), 'A7-41K')).toBe(found));
  const now = at('14:30:00');
  it.each([['1405', at('14:05:00')], ['14:05', at('14:05:00')], ['9:00', at('09:00:00')], ['23:50', at('23:50:00') - 86_400_000], ['25:00', null], ['14', null], ['', null]] as const)('heard at %s', (typed, found) =>
    expect(heardAt(typed, now)).toBe(found));
});

let host: FixtureHost;
let svelte: typeof import('svelte');
let app: Record<string, unknown>;
let tones: typeof import('@kit/tones').tonePlayer;

const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const all = (testid: string) => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
const text = (testid: string) => find(testid)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const sent = (name: string) => host.sent.filter((one) => one.name === name).map((one) => one.request as Record<string, unknown>);
const focus = () => (document.activeElement as HTMLElement | null)?.dataset['focus'];

function press(name: string) {
  const parts = name.split('+');
  const key = parts.pop() ?? '';
  const target = document.activeElement ?? document.body;
  const event = new KeyboardEvent('keydown', {
    key: key.length === 1 ? key.toLowerCase() : key, ...(/^[A-Z]$/.test(key) ? { code: `Key${key}` } : {}),
    ctrlKey: parts.includes('Ctrl'), altKey: parts.includes('Alt'), bubbles: true, cancelable: true,
  });
  target.dispatchEvent(event);
  // A real browser sends the form; here nobody does.
  if (key === 'Enter' && target instanceof HTMLInputElement && !event.defaultPrevented) target.form?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
}
function type(words: string) {
  const part = document.activeElement as HTMLInputElement;
  part.value += words;
  part.dispatchEvent(new InputEvent('input', { bubbles: true, data: words }));
}
const settle = async (ms = 30) => {
  await new Promise((done) => setTimeout(done, ms));
  await svelte.tick();
  svelte.flushSync();
};

async function start(change: (county: StationScene) => void, scene: 'shift' | 'empty' = 'empty', marks?: { body: string; at_ms: number }) {
  vi.resetModules();
  document.body.replaceChildren();
  host = new FixtureHost(scene);
  if (marks) host.drafts.set('outage', marks);
  change(host.county);
  svelte = await import('svelte');
  (await import('@bridge/bridge')).useHost(host);
  tones = (await import('@kit/tones')).tonePlayer;
  const App = (await import('../src/frame/App.svelte')).default;
  app = svelte.mount(App, { target: document.body });
  await vi.waitFor(() => expect(find('queue-open')).toBeTruthy(), 8000);
  await settle();
}

// The first loading of the whole desk takes longest and is nobody's test.
beforeAll(async () => void (await import('../src/frame/App.svelte')), 60_000);

describe('the desk of a county with stations', () => {
  afterEach(async () => svelte.unmount(app));

  it('says nothing of others while nobody else is enrolled', async () => {
    await start(() => undefined);
    expect(all('lacks')).toHaveLength(0);
    expect(text('honesty-station')).toBe('单站·望北县指挥中心');
    expect(text('board-held')).toBe('');
    expect(find('call-cell-empty')?.textContent).toBe('无来话');
  });

  it('names who is apart with a running clock, and every list what it lacks; an empty one is not said to be empty', async () => {
    await start((county) => county.fill(72));
    const strip = text('honesty-station');
    expect(strip).toContain('在联 1/3');
    expect(strip).toMatch(/城关派出所 断 01:[1-5]\d/);
    expect(strip).toContain('待发 12 待收 3');
    expect(strip).toMatch(/齐至 /);
    expect(find('honesty-station')?.dataset['outage']).toBe('true');
    expect(text('honesty-stranger')).toContain('未授权设备 1');
    for (const list of ['calls', 'needs', 'queue', 'units']) expect(find(list)?.querySelector('[data-testid="lacks"]')?.textContent, list).toMatch(/^不含 2 站，.* 后不含 2 站$/);
    expect(find('call-cell-empty')?.textContent).toMatch(/^所知之内为空；不含 2 站/);
    expect(find('queue')?.textContent).not.toContain('无未结');
    expect(text('board-held')).toBe('接警在 城关派出所');
    // They are back: nothing is said any more.
    host.county.lacks = [];
    for (const one of host.county.stations) if (one.state === 'apart') one.state = 'in_touch';
    host.changed('stations', 'honesty');
    await vi.waitFor(() => expect(all('lacks')).toHaveLength(0));
    expect(find('honesty-station')?.dataset['outage']).toBe('false');
  });

  it('does not call a reading that failed nothing lacking', async () => {
    await start((county) => county.fill(72));
    host.fail['lack.list'] = { failure: { code: 'store.failed' as never, params: [], trace: 'T' } };
    host.changed('stations');
    await vi.waitFor(() => expect(all('lacks')[0]?.textContent).toContain('缺什么未知'));
  });

  it('puts a conflict on top with its sound, shows both sides, and settles it with a choice and a reason', async () => {
    await start((county) => county.fill(5), 'shift');
    await vi.waitFor(() => expect(all('need-row')[0]?.dataset['kind']).toBe('conflict'));
    expect(all('need-row')[0]?.textContent).toContain('巡03 被两处派出');
    await settle(1100);
    host.county.conflicts.push(conflictOf('c9', 'desk', '13900001111'));
    const before = tones.played.filter((tone) => tone === 'conflict').length;
    host.changed('needs');
    await vi.waitFor(() => expect(tones.played.filter((tone) => tone === 'conflict').length).toBeGreaterThan(before), 4000);
    expect(all('need-row').slice(0, 2).map((one) => one.dataset['kind'])).toEqual(['conflict', 'conflict']);
    press('F9');
    await vi.waitFor(() => expect(focus()).toBe('needs'));
    press('Enter');
    await vi.waitFor(() => expect(focus()).toBe('conflict'));
    await settle();
    const sides = all('conflict-side').map((side) => side.textContent ?? '');
    expect(sides[0]).toContain('望北县指挥中心');
    expect(sides[0]).toContain('派往 20261122-FS-00018-K 人民路中学');
    expect(sides[0]).toMatch(/\d\d:\d\d:\d\d.*在先/);
    expect(sides[1]).toContain('晚 01:00');
    expect(find('conflict-card')?.textContent).toContain('机组签收');
    press('Enter');
    await vi.waitFor(() => expect(text('conflict-note')).toBe('先选一方'));
    press('2');
    await vi.waitFor(() => expect(focus()).toBe('conflict-reason'));
    press('Enter');
    await vi.waitFor(() => expect(text('conflict-note')).toBe('须填理由'));
    expect(sent('conflict.settle')).toHaveLength(0);
    // A digit in the reason is text.
    press('1');
    type('1 人已在桥头');
    press('Enter');
    await vi.waitFor(() => expect(sent('conflict.settle')).toHaveLength(1));
    expect(sent('conflict.settle')[0]).toEqual({ thing: 'u-cg-2', field: 'claim', chosen: '2.1.0.6', reason: '1 人已在桥头' });
    await vi.waitFor(() => expect(find('conflict-card')).toBeNull());
    await vi.waitFor(() => expect(all('need-row').filter((one) => one.dataset['kind'] === 'conflict')).toHaveLength(1));
  });

  it('says that a card is settled when the crew signed meanwhile', async () => {
    await start((county) => county.fill(5));
    press('F9');
    await vi.waitFor(() => expect(focus()).toBe('needs'));
    press('Enter');
    await vi.waitFor(() => expect(find('conflict-name')).toBeTruthy());
    host.county.conflicts = [];
    host.changed('needs');
    await vi.waitFor(() => expect(text('conflict-gone')).toBe('此冲突已定'));
    press('Escape');
    await vi.waitFor(() => expect(find('conflict-card')).toBeNull());
  });
});

describe('the page of stations', () => {
  beforeEach(async () => {
    await start((county) => county.fill(72));
    press('Ctrl+L');
    await vi.waitFor(() => expect(find('stations-page')).toBeTruthy());
    await settle();
  });
  afterEach(async () => svelte.unmount(app));

  it('lists stations with their state, clocks that are wrong, who knocked, and the merge report with its conflicts', async () => {
    expect(all('station-row').map((row) => row.dataset['state'])).toEqual(['own', 'apart', 'apart', 'in_touch', 'revoked']);
    expect(all('station-clock').map((cell) => cell.querySelector<HTMLElement>('[data-heat]')?.dataset['heat'] ?? 'calm')).toEqual(['calm', 'calm', 'red', 'amber', 'calm']);
    expect(text('stranger-row')).toContain('10.1.9.77');
    expect(text('stranger-row')).toContain('敲门 14 次');
    expect(text('meeting-sums')).toBe('收 214 发 96 新增 14 更新 6 冲突 2');
    find('meeting-conflicts')?.click();
    await vi.waitFor(() => expect(focus()).toBe('conflict'));
    expect(find('stations-page')).toBeNull();
  });

  it('invites and shows the text; a refusal stays calm beside the form', async () => {
    press('N');
    await vi.waitFor(() => expect(document.activeElement).toBe(find('field-invite-name')));
    type('桥头所');
    find('field-invite-code')?.focus();
    type('fs');
    press('Enter');
    await vi.waitFor(() => expect(text('rejection-invite')).toContain('不能邀请'));
    const code = find('field-invite-code') as HTMLInputElement;
    code.value = '';
    type('qt');
    press('Enter');
    await vi.waitFor(() => expect(text('invitation')).toContain('FENGSUI-1-'));
    expect(sent('station.invite').at(-1)).toEqual({ name: '桥头所', code: 'QT', kind: 'post', addresses: ['10.1.1.1:4717'] });
    await settle();
    press('S');
    await vi.waitFor(() => expect(host.files.get('fengsui-QT.invite.txt')).toContain('FENGSUI-1-'));
    await vi.waitFor(() => expect(text('invite-said')).toContain('fengsui-QT.invite.txt'));
  });

  it('revokes only with a reason and the code typed', async () => {
    press('X');
    await vi.waitFor(() => expect(text('stations-said')).toContain('先选'));
    press('ArrowDown');
    press('X');
    await vi.waitFor(() => expect(document.activeElement).toBe(find('field-revoke-reason')));
    press('Enter');
    await vi.waitFor(() => expect(text('revoke-said')).toBe('须填理由'));
    type('电脑丢失');
    find('field-revoke-code')?.focus();
    type('CD');
    press('Enter');
    await vi.waitFor(() => expect(text('revoke-said')).toContain('站号不符'));
    expect(sent('station.revoke')).toHaveLength(0);
    (document.activeElement as HTMLInputElement).value = '';
    type('cg');
    press('Enter');
    await vi.waitFor(() => expect(sent('station.revoke')).toEqual([{ number: 2, reason: '电脑丢失' }]));
    await vi.waitFor(() => expect(find('revoke-form')).toBeNull());
  });

  it('takes the board by two persons after saying up to when the data is here, and hands it back', async () => {
    press('J');
    await vi.waitFor(() => expect(document.activeElement).toBe(find('field-take-second')));
    expect(text('take-held')).toContain('城关派出所 持有接警');
    expect(all('take-complete')[0]?.textContent).toMatch(/城关派出所 数据到 (\d\d-\d\d )?\d\d:\d\d:\d\d；此后它写的不在这里/);
    type('xu');
    find('field-take-passphrase')?.focus();
    type('right');
    press('Enter');
    await vi.waitFor(() => expect(text('rejection-board')).toContain('第二人'));
    find('field-take-second')?.focus();
    (document.activeElement as HTMLInputElement).value = '';
    type('wang');
    find('field-take-passphrase')?.focus();
    expect((document.activeElement as HTMLInputElement).value).toBe('');
    type('right');
    press('Enter');
    await vi.waitFor(() => expect(text('take-done')).toContain('接警在 望北县指挥中心'));
    expect(text('board-held')).toBe('接警在本台');
    find('stations-page')?.focus();
    press('H');
    await vi.waitFor(() => expect(text('take-target')).not.toBe(''));
    expect(find('board-form')?.textContent).toContain('收 214 发 96');
  });
});

describe('an outage', () => {
  afterEach(async () => svelte.unmount(app));

  it('marks what works, keeps the marks, gives the order to read and writes the answer into the timeline', async () => {
    await start((county) => county.fill(72), 'shift');
    find('queue')?.querySelector<HTMLElement>('[data-incident="0917"]')?.click();
    await vi.waitFor(() => expect(focus()).toBe('assignments'));
    press('Alt+O');
    await vi.waitFor(() => expect(focus()).toBe('outage'));
    expect(all('outage-row')).toHaveLength(2);
    expect(find('outage-radio')?.dataset['works']).toBe('unknown');
    press('ArrowDown');
    press('1');
    press('2');
    press('2');
    await vi.waitFor(() => expect(all('outage-radio')[1]?.dataset['works']).toBe('true'));
    await vi.waitFor(() => expect(all('outage-phone')[1]?.dataset['works']).toBe('false'));
    await vi.waitFor(() => expect(host.drafts.get('outage')?.body).toContain('"works":false'));
    await vi.waitFor(() => expect(text('honesty-station')).toContain('350M 通'));
    expect(text('outage-aloud')).toContain('城关派出所，警情 洞 勾 幺 拐，T。人民路迎宾大道口');
    press('A');
    type('收到，马上去');
    press('Enter');
    await vi.waitFor(() => expect(sent('incident.note')).toEqual([{ incident: '0917', text: '城关派出所 经350M回话：收到，马上去' }]));
    await vi.waitFor(() => expect(text('outage-saved')).toContain('已记入经过'));
    press('Escape');
    await vi.waitFor(() => expect(find('outage')).toBeNull());
    await svelte.unmount(app);
    // After a restart what was tried is still known.
    const kept = host.drafts.get('outage');
    await start((county) => county.fill(72), 'empty', kept);
    expect(text('honesty-station')).toContain('电话 断');
  });

  it('makes the paper of what the chosen station may not know, and says where it lies', async () => {
    await start((county) => county.fill(72), 'shift');
    press('Alt+O');
    await vi.waitFor(() => expect(focus()).toBe('outage'));
    press('ArrowDown');
    press('P');
    await vi.waitFor(() => expect(text('outage-paper')).toMatch(/警情 2 起：.*未送达单-\d+\.pdf/));
    const made = sent('unsent.paper') as { number: number }[];
    expect(made).toEqual([{ number: Number(all('outage-row')[1]?.dataset['station']) }]);
    // It belongs to that station only.
    press('ArrowUp');
    await vi.waitFor(() => expect(find('outage-paper')).toBeNull());
  });
});

describe('heard by voice', () => {
  afterEach(async () => svelte.unmount(app));

  it('a bad code says what to ask for and keeps what was typed; a good one is an incident to send from', async () => {
    await start((county) => county.fill(72), 'shift');
    press('Alt+O');
    await vi.waitFor(() => expect(focus()).toBe('outage'));
    press('H');
    await vi.waitFor(() => expect(focus()).toBe('heard-code'));
    const fields = { code: 'A7-41R', from: '指挥中心', at: '', type: 'djd', place: '人民路中学', text: '两人持刀' };
    for (const [name, value] of Object.entries(fields)) {
      find(`field-heard-${name}`)?.focus();
      type(value);
    }
    await vi.waitFor(() => expect(text('heard-type')).toBe('打架斗殴'));
    press('Enter');
    await vi.waitFor(() => expect(text('rejection-heard')).toContain('末位若是 K，前四位就没听错'));
    expect(focus()).toBe('heard-code');
    expect((find('field-heard-place') as HTMLInputElement).value).toBe('人民路中学');
    // Selected as a whole: what is typed now stands in its place.
    const code = document.activeElement as HTMLInputElement;
    expect([code.selectionStart, code.selectionEnd]).toEqual([0, 6]);
    code.value = '';
    type('A7-41K');
    press('Enter');
    await vi.waitFor(() => expect(find('outage')).toBeNull());
    expect(sent('incident.hear').at(-1)).toMatchObject({ code: 'A7-41K', from: '指挥中心', at_ms: null, form: { place: '人民路中学', type_code: '0201', text: '两人持刀' } });
    await vi.waitFor(() => expect(find('sheet')?.dataset['incident']).toMatch(/^v/));
    await vi.waitFor(() => expect(text('voice-note')).toContain('指挥中心 呼；原单未到'));
    expect(text('queue-voice')).toBe('语音');
  });

  it('a code of two incidents is for a person: a digit joins or parts', async () => {
    await start((county) => county.fill(72), 'shift');
    const open = host.open.get('0917');
    if (open) host.voice.mark(open.row, '指挥中心', true);
    host.voice.doubts.set('0917', { why: 'contradicts', alone: '0917', others: [{ id: '0915', number: '20261122-FS-00015-X', place: '学府路' }] });
    host.changed('incidents');
    find('queue')?.querySelector<HTMLElement>('[data-incident="0917"]')?.click();
    await vi.waitFor(() => expect(text('voice-note')).toContain('同码但类别或地点不符'));
    expect(text('queue-voice')).toBe('并单核对');
    press('Alt+V');
    press('1');
    await vi.waitFor(() => expect(sent('incident.join')).toEqual([{ incident: '0917', into: '0915' }]));
    press('Alt+V');
    press('2');
    await vi.waitFor(() => expect(sent('incident.part')).toEqual([{ part: '0917', reason: '' }]));
  });

  it('one event that two reported becomes one by Alt M and a digit, and is parted by the same', async () => {
    await start((county) => county.fill(72), 'shift');
    find('queue')?.querySelector<HTMLElement>('[data-incident="0920"]')?.click();
    await vi.waitFor(() => expect(text('kin-likely')).toContain('（相似 0.82）'));
    expect(text('kin-likely')).toContain('190 m 早 4 min');
    expect(text('kin-number')).toBe('此号码 30 天第 4 次：邻里噪音×3');
    expect(find('kin-place')).toBeNull();
    press('Alt+H');
    await vi.waitFor(() => expect(text('digit-choice')).toContain('邻里噪音 锦华苑 3 幢'));
    press('Escape');
    press('Alt+M');
    press('1');
    await vi.waitFor(() => expect(sent('incident.join')).toEqual([{ incident: '0920', into: '0917' }]));
    find('queue')?.querySelector<HTMLElement>('[data-incident="0917"]')?.click();
    await vi.waitFor(() => expect(text('kin-joined')).toBe('报警 2 次，含 0920-T'));
    expect(text('queue-callers')).toBe('报警 2 次');
    press('Alt+M');
    press('1');
    await vi.waitFor(() => expect(sent('incident.part')).toEqual([{ part: '0920', reason: '' }]));
  });

  it('a station house sees the orders to its crews and says something to one', async () => {
    await start((county) => county.fill(72), 'shift');
    press('Alt+N');
    await vi.waitFor(() => expect(focus()).toBe('copies'));
    await vi.waitFor(() => expect(all('copy-row').length).toBeGreaterThan(1));
    expect(find('copies')?.dataset['house']).toBe('cg');
    const before = all('copy-row').length;
    press('A');
    type('巡01 更快');
    press('Enter');
    await vi.waitFor(() => expect(text('copy-comment')).toContain('巡01 更快'));
    expect(all('copy-row')).toHaveLength(before);
    press('T');
    await vi.waitFor(() => expect(find('copies')?.dataset['house']).toBe('cn'));
    press('Escape');
    await vi.waitFor(() => expect(find('copies')).toBeNull());
  });
});
