// The whole desk on the fixture host: the main road by keyboard, and what must never happen to
// the person who types.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FixtureHost } from '../fixture/fixture-host';

type Modules = {
  useHost: typeof import('@bridge/bridge').useHost;
  sheet: typeof import('@features/incident/sheet.svelte').sheet;
  candidates: typeof import('@features/candidate/candidates.svelte').candidates;
  deskState: typeof import('@features/desk/desk.svelte').deskState;
};
let host: FixtureHost;
// Fresh modules for every start, as after a restart of the program; Svelte with them.
let svelte: typeof import('svelte');
let app: Record<string, unknown>;
let mods: Modules;

const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const all = (testid: string) => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
const focus = () => (document.activeElement as HTMLElement | null)?.dataset['focus'] ?? document.activeElement?.tagName;
const sent = (name: string) => host.sent.filter((one) => one.name === name);

function press(name: string, init: KeyboardEventInit = {}) {
  const parts = name.split('+');
  const key = parts.pop() ?? '';
  const event = new KeyboardEvent('keydown', {
    key: key.length === 1 ? key.toLowerCase() : key,
    ...(/^[A-Z]$/.test(key) ? { code: `Key${key}` } : {}),
    ctrlKey: parts.includes('Ctrl'), altKey: parts.includes('Alt'), shiftKey: parts.includes('Shift'),
    bubbles: true, cancelable: true, ...init,
  });
  (document.activeElement ?? document.body).dispatchEvent(event);
  return event;
}
function type(text: string) {
  const part = document.activeElement as HTMLInputElement | HTMLTextAreaElement;
  for (const letter of text) {
    part.value += letter;
    part.setSelectionRange(part.value.length, part.value.length);
    part.dispatchEvent(new InputEvent('input', { bubbles: true, data: letter }));
  }
}
const settle = async (ms = 30) => {
  await new Promise((done) => setTimeout(done, ms));
  await svelte.tick();
  svelte.flushSync();
};

async function start(next: FixtureHost) {
  vi.resetModules();
  host = next;
  svelte = await import('svelte');
  const bridge = await import('@bridge/bridge');
  const App = (await import('../src/frame/App.svelte')).default;
  mods = {
    useHost: bridge.useHost,
    sheet: (await import('@features/incident/sheet.svelte')).sheet,
    candidates: (await import('@features/candidate/candidates.svelte')).candidates,
    deskState: (await import('@features/desk/desk.svelte')).deskState,
  };
  mods.useHost(host);
  app = svelte.mount(App, { target: document.body });
  await vi.waitFor(() => expect(find('queue-open')).toBeTruthy(), 8000);
  await settle();
}

beforeEach(async () => {
  await start(new FixtureHost('empty'));
});
afterEach(async () => {
  await svelte.unmount(app);
});

describe('the main road by keyboard', () => {
  it('takes, files and sends in three keys when the call came with its place', async () => {
    host.ring('110', '13900004217', { point: { lon: 114.3, lat: 30.59 }, radius_m: 20, source: 'handset', at_ms: 0 });
    host.changed('calls');
    await settle();
    press('F2');
    await vi.waitFor(() => expect(focus()).toBe('field-text'));
    type('两人持刀打架');
    press('Ctrl+Enter');
    await vi.waitFor(() => expect(focus()).toBe('candidates'));
    await settle(300);
    press('Enter');
    await vi.waitFor(() => expect(sent('assignment.order')).toHaveLength(1));
    await vi.waitFor(() => expect(focus()).toBe('field-text'));
    expect((sent('incident.file')[0]?.request as { form: { text: string } }).form.text).toBe('两人持刀打架');
    expect((sent('assignment.order')[0]?.request as { units: string[] }).units).toHaveLength(2);
    await vi.waitFor(() => expect(find('order-sent')).toBeTruthy());
  });

  it('finds a place by initials and chooses nothing by itself', async () => {
    host.ring();
    host.changed('calls');
    await settle();
    press('F2');
    await vi.waitFor(() => expect(focus()).toBe('field-place'));
    type('rmlys');
    await vi.waitFor(() => expect(all('place-hit')).toHaveLength(3));
    press('Enter');
    await settle();
    expect(sent('incident.amend')).toHaveLength(0);
    press('ArrowDown');
    press('ArrowDown');
    press('Enter');
    await vi.waitFor(() => expect(sent('incident.amend')).toHaveLength(1));
    expect((sent('incident.amend')[0]?.request as { form: { town: string } }).form.town).toBe('柳河镇');
    expect(focus()).toBe('field-place');
  });

  it('closes an invalid call in two keys', async () => {
    host.ring();
    host.changed('calls');
    await settle();
    press('F2');
    await vi.waitFor(() => expect(focus()).toBe('field-place'));
    press('Alt+X');
    await settle();
    expect(find('digit-choice')?.textContent).toContain('骚扰');
    press('2');
    await vi.waitFor(() => expect(sent('incident.invalidate')).toHaveLength(1));
    expect((sent('incident.invalidate')[0]?.request as { reason: string }).reason).toBe('1102');
    expect(mods.sheet.form.values.place).toBe('');
  });

  it('ignores a held key, and an Enter in the first 250 ms of the candidates', async () => {
    host.ring();
    host.changed('calls');
    await settle();
    press('F2');
    await vi.waitFor(() => expect(focus()).toBe('field-place'));
    press('Ctrl+Enter');
    await vi.waitFor(() => expect(focus()).toBe('candidates'));
    press('Enter');
    press('Enter', { repeat: true });
    await settle(300);
    expect(sent('assignment.order')).toHaveLength(0);
    press('Enter', { repeat: true });
    await settle();
    expect(sent('assignment.order')).toHaveLength(0);
    press('Enter');
    await vi.waitFor(() => expect(sent('assignment.order')).toHaveLength(1));
  });

  it('wants a reason for a unit that was not proposed', async () => {
    host.ring();
    host.changed('calls');
    await settle();
    press('F2');
    await vi.waitFor(() => expect(focus()).toBe('field-place'));
    press('Ctrl+Enter');
    await vi.waitFor(() => expect(focus()).toBe('candidates'));
    await settle(300);
    press('3');
    press('Enter');
    await vi.waitFor(() => expect(focus()).toBe('reason'));
    expect(sent('assignment.order')).toHaveLength(0);
    type('最近且路熟');
    press('Enter');
    await vi.waitFor(() => expect(sent('assignment.order')).toHaveLength(1));
    expect(sent('assignment.order')[0]?.request).toMatchObject({ override_reason: '最近且路熟' });
  });

  it('switches the line and keeps what was typed', async () => {
    host.ring('119');
    host.changed('calls');
    await settle();
    press('F2');
    await vi.waitFor(() => expect(focus()).toBe('field-place'));
    expect(find('row-special')?.dataset['line']).toBe('119');
    expect(find('field-floor')).toBeTruthy();
    type('学府路');
    const number = find('sheet-code')?.textContent;
    press('Alt+9', { code: 'Digit9' });
    await vi.waitFor(() => expect(find('row-special')?.dataset['line']).toBe('122'));
    expect((find('field-place') as HTMLInputElement).value).toBe('学府路');
    expect(find('sheet-code')?.textContent).toBe(number);
    expect(find('field-vehicles')).toBeTruthy();
  });

  it('refuses to close without a result and says so beside the key; then closes', async () => {
    host.incident('0801', 'urgent', '0201', '打架斗殴', '人民路', 'dispatched', 60);
    host.changed('incidents');
    await settle(200);
    press('F3');
    await settle();
    press('Enter');
    await vi.waitFor(() => expect(find('follow')).toBeTruthy());
    press('Ctrl+Shift+Enter');
    await vi.waitFor(() => expect(find('rejection-close')?.textContent).toContain('结果码'));
    press('Alt+F');
    await vi.waitFor(() => expect(focus()).toBe('feedback'));
    type('到场，3 人受伤，请 120');
    press('Enter');
    await vi.waitFor(() => expect(find('feedback-proposes')?.textContent).toContain('120'));
    (find('field-result') as HTMLInputElement).focus();
    press('ArrowDown');
    press('Enter');
    await settle();
    expect(find('feedback-result')?.textContent).toBe('已调解');
    press('Ctrl+Shift+Enter');
    await vi.waitFor(() => expect(find('follow-stage')?.dataset['stage']).toBe('closed'));
  });

  it('cancels a unit in two steps and shows it pending', async () => {
    const open = host.incident('0801', 'urgent', '0201', '打架斗殴', '人民路', 'dispatched', 60);
    host.assign(open, 'u-cg-0', 'ordered', 5);
    host.changed('incidents');
    await settle(200);
    press('F3');
    await settle();
    press('Enter');
    await vi.waitFor(() => expect(focus()).toBe('assignments'));
    press('-');
    await settle(60);
    expect(sent('assignment.cancel')).toHaveLength(0);
    press('Enter');
    await vi.waitFor(() => expect(sent('assignment.cancel')).toHaveLength(1));
    await vi.waitFor(() => expect(find('assignment-row')?.dataset['cancel']).toBe('pending'));
  });
});

describe('the person who types', () => {
  async function typing() {
    host.ring();
    host.changed('calls');
    await settle();
    press('F2');
    await vi.waitFor(() => expect(focus()).toBe('field-place'));
    mods.sheet.form.caret = null;
    const text = find('field-text') as HTMLTextAreaElement;
    text.focus();
    type('两人持刀');
    text.setSelectionRange(2, 2);
    await settle();
    return text;
  }

  it('keeps focus, caret, words and rows whatever arrives', async () => {
    const text = await typing();
    const rows = () => [...document.querySelectorAll('[data-testid="form"] .row, [data-testid="call-row"], [data-testid="call-cell-empty"]')].map((one) => one.className.replace(/ (ring|mine|none)\b/g, ''));
    const before = rows();
    for (let at = 0; at < 6; at += 1) host.ring('122', `1860000${1000 + at}`);
    host.incident('0777', 'grave', '0901', '落水救助', '滨河路', 'waiting', 1);
    host.needs = [{ key: 'n', kind: 'unsigned', params: [], incident: null, assignment: null, unit: null, call: null, watch: { since_ms: 0, amber_at_ms: 1, red_at_ms: 2 }, channels: [], owner: null }];
    const mine = [...host.open.values()][0];
    if (mine) Object.assign(mine.form, { text: '别处写的', place: '别处写的地点' });
    host.changed('calls', 'incidents', 'needs', 'units', 'positions', 'honesty', 'settings');
    await settle(400);
    expect(document.activeElement).toBe(text);
    expect(text.value).toBe('两人持刀');
    expect([text.selectionStart, text.selectionEnd]).toEqual([2, 2]);
    expect(rows()).toEqual(before);
    expect(all('call-row').length + all('call-cell-empty').length).toBe(4);
    expect(find('calls-rest')?.textContent).toContain('另 3 话');
    expect((find('field-place') as HTMLInputElement).value).toBe('别处写的地点');
  });

  it('has a draft on the disk within half a second, and "saved" only after the answer', async () => {
    await typing();
    host.delay_ms = 200;
    mods.deskState.saved_at_ms = null;
    host.sent.length = 0;
    type('打');
    await settle(450);
    const puts = sent('draft.put').filter((one) => (one.request as { key: string }).key.startsWith('incident:'));
    expect(puts.length).toBeGreaterThan(0);
    expect((puts.at(-1)?.request as { body: string }).body).toContain('两人持刀打');
    host.delay_ms = 0;
    await vi.waitFor(() => expect(find('saved-at')?.textContent).toMatch(/已保存 \d\d:\d\d:\d\d 本机磁盘/));
  });

  it('finds the half-typed form again after a power cut: words, field, caret', async () => {
    await typing();
    await settle(450);
    await svelte.unmount(app);
    document.body.replaceChildren();
    await start(host);
    await vi.waitFor(() => expect(focus()).toBe('field-text'));
    const text = document.activeElement as HTMLTextAreaElement;
    expect(text.value).toBe('两人持刀');
  });

  it('does not move the focus when the answer comes after the person went elsewhere', async () => {
    await typing();
    host.ring();
    host.delay_ms = 80;
    press('F2');
    press('F3');
    await settle(600);
    host.delay_ms = 0;
    expect((document.activeElement as HTMLElement).dataset['focus']).toBe('queue');
  });

  it('keeps the call one talks on among the cells, however many ring', async () => {
    await typing();
    for (let n = 0; n < 6; n += 1) host.ring();
    host.changed('calls');
    await settle(200);
    const states = all('call-row').map((one) => one.dataset['state']);
    expect(states).toEqual(['ringing', 'ringing', 'ringing', 'talking']);
  });

  it('gives what is typed after F2 to the new form and never to the old one', async () => {
    await typing();
    const before = find('sheet')?.dataset['incident'];
    host.ring();
    host.delay_ms = 80;
    press('F2');
    type('夜市');
    await settle(600);
    host.delay_ms = 0;
    expect(find('sheet')?.dataset['incident']).not.toBe(before);
    const now = document.activeElement as HTMLInputElement;
    expect(now.dataset['field']).toBe('place');
    expect(now.value).toBe('夜市');
  });

  it('keeps the order of the queue while somebody is in it', async () => {
    host.incident('0801', 'attention', null, null, 'A', 'waiting', 10);
    host.incident('0802', 'attention', null, null, 'B', 'waiting', 5);
    host.changed('incidents');
    await settle(250);
    press('F3');
    await settle();
    const before = all('queue-row').map((one) => one.dataset['incident']);
    host.incident('0803', 'grave', null, null, 'C', 'waiting', 1);
    host.changed('incidents');
    await settle(250);
    expect(all('queue-row').map((one) => one.dataset['incident'])).toEqual([...before, '0803']);
  });
});

describe('honesty', () => {
  it('says unknown, not zero, when a reading fails', async () => {
    host.fail['unit.board'] = { failure: { code: 'reading.unknown', params: [{ name: 'what', value: 'units' }], trace: '' } };
    host.changed('units');
    await vi.waitFor(() => expect(find('units')?.querySelector('[data-testid="read-failed"]')?.textContent).toMatch(/读取失败/));
    expect(all('unit-cell').length).toBeGreaterThan(0);
  });

  it('shows a fault as one bar with one action and moves nothing', async () => {
    host.ring();
    host.changed('calls');
    await settle();
    host.fail['call.answer'] = { failure: { code: 'store.disk_full', params: [], trace: '7F3-K2' } };
    press('F2');
    await vi.waitFor(() => expect(find('fault')?.textContent).toContain('磁盘满了'));
    expect(find('fault')?.textContent).toContain('7F3-K2');
    delete host.fail['call.answer'];
    press('Alt+Y');
    await vi.waitFor(() => expect(sent('call.answer')).toHaveLength(2));
    await vi.waitFor(() => expect(find('fault')).toBeNull());
  });

  it('says that nothing is saved when the core does not answer', async () => {
    const call = host.call.bind(host);
    host.call = () => Promise.reject(new Error('gone'));
    press('F2');
    await vi.waitFor(() => expect(find('fault')?.dataset['code']).toBe('bridge.lost'));
    host.call = call;
  });
});
