// The key map of the desk as one table; the same keys stand on the key page (F1).
// Not here: keys that belong to one list or field (they hear first and stop what they use).
import { deskState } from '@features/desk/desk.svelte';
import { asking } from '@features/incident/ask-digit.svelte';
import { kin } from '@features/incident/kin.svelte';
import { sheet } from '@features/incident/sheet.svelte';
import { needs } from '@features/need/needs.svelte';
import { chordOf, isComposing, KeyTable } from '@kit/keys';
import { actions } from './actions.svelte';

export function deskKeys(): KeyTable {
  const keys = new KeyTable();
  const onSheet = (run: () => unknown) => () => {
    if (!sheet.incident) return false;
    void run();
    return true;
  };
  const go = (run: () => unknown) => () => void run();

  keys.bind('F1', () => (deskState.page === 'keys' ? void actions.leavePage() : actions.openPage('keys')));
  keys.bind('F2', go(() => actions.answer()));
  keys.bind('Shift+F2', go(() => actions.byHand()));
  keys.bind('F3', go(() => actions.goTo('queue', 'calls')));
  keys.bind('F4', go(() => actions.goTo('map', 'map')));
  keys.bind('F5', onSheet(() => (sheet.face === 'follow' ? actions.goTo('assignments') : actions.turn('follow'))));
  keys.bind('F6', onSheet(() => actions.toCandidates()));
  keys.bind('F7', go(() => actions.goTo('units', 'units')));
  keys.bind('F8', go(() => actions.goTo('timeline')));
  keys.bind('F9', go(() => actions.toNeeds()));
  keys.bind('F10', go(() => actions.theme()));
  keys.bind('Shift+F10', go(() => actions.typeSize()));
  keys.bind('Escape', { inText: true, run: () => actions.back() });

  keys.bind('Ctrl+K', go(() => actions.toCommand()));
  keys.bind('/', go(() => actions.toCommand('/')));
  keys.bind('Ctrl+F', go(() => actions.toFind()));
  keys.bind('Ctrl+H', go(() => actions.toFind('@')));
  keys.bind('Ctrl+,', go(() => actions.openPage('settings')));
  keys.bind('Ctrl+L', go(() => actions.openPage('stations')));
  keys.bind('Alt+O', go(() => actions.toOutage()));
  keys.bind('Alt+N', go(() => actions.toCopies()));
  keys.bind('Alt+V', onSheet(() => actions.voice()));
  keys.bind('Alt+M', onSheet(() => kin.choose()));
  keys.bind('Alt+H', onSheet(() => kin.list((incident) => void actions.open(incident, 'follow'))));
  keys.bind('Ctrl+I', go(() => actions.openPage('audit')));
  keys.bind('Ctrl+Enter', onSheet(() => actions.file()));
  keys.bind('Ctrl+Shift+Enter', onSheet(() => actions.close()));
  keys.bind('+', onSheet(() => actions.toCandidates()));

  keys.bind('Alt+J', go(() => actions.nextCall()));
  keys.bind('Alt+B', go(() => actions.callBack()));
  keys.bind('Alt+7', onSheet(() => sheet.chooseLine('110')));
  keys.bind('Alt+8', onSheet(() => sheet.chooseLine('119')));
  keys.bind('Alt+9', onSheet(() => sheet.chooseLine('122')));
  keys.bind('Alt+X', () => actions.invalid());
  keys.bind('Alt+Q', onSheet(() => sheet.takeProposal(0)));
  keys.bind('Alt+W', onSheet(() => sheet.takeProposal(1)));
  keys.bind('Alt+E', onSheet(() => sheet.takeProposal(2)));
  keys.bind('Alt+T', onSheet(() => actions.tree()));
  keys.bind('Alt+ArrowUp', onSheet(() => sheet.stepLevel(1)));
  keys.bind('Alt+ArrowDown', onSheet(() => sheet.stepLevel(-1)));
  keys.bind('Alt+D', onSheet(() => actions.nextPending()));
  keys.bind('Alt+C', onSheet(() => actions.field('field-caller_name')));
  keys.bind('Alt+I', onSheet(() => actions.field('field-order_text')));
  keys.bind('Alt+Z', onSheet(() => sheet.takeOther()));
  keys.bind('Alt+L', onSheet(() => actions.takeMapPoint()));
  keys.bind('Alt+G', onSheet(() => actions.chooseJurisdiction()));
  keys.bind('Alt+P', go(() => actions.toWall()));
  keys.bind('Alt+Shift+P', go(() => actions.openWall()));
  keys.bind('Ctrl+M', go(() => actions.openPage('map')));
  keys.bind('Ctrl+P', onSheet(() => actions.printOrder()));
  keys.bind('Alt+U', onSheet(() => actions.turn()));
  keys.bind('Alt+F', onSheet(() => actions.feedback()));
  keys.bind('Alt+K', go(() => actions.remind('phone')));
  keys.bind('Alt+R', go(() => actions.remind('radio')));
  keys.bind('Alt+A', go(() => needs.own()));
  keys.bind('Alt+S', go(() => actions.mute()));
  keys.bind('Alt+Y', go(() => deskState.actOnFault()));
  return keys;
}

/** Listens to the whole window; answers how to stop. */
export function listen(keys: KeyTable): () => void {
  // A question by digits is heard before anything else, even before a field that has the focus.
  const first = (event: KeyboardEvent) => {
    if (!asking.choice || isComposing(event)) return;
    if (event.repeat || asking.hear(chordOf(event))) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const last = (event: KeyboardEvent) => {
    // A page lies over the desk: only its own keys and the way back work.
    const isAway = deskState.page !== 'desk' && !/^(Shift\+)?F(1|10)$|^Escape$/.test(chordOf(event));
    if (!isAway) keys.hear(event);
  };
  window.addEventListener('keydown', first, true);
  window.addEventListener('keydown', last);
  return () => {
    window.removeEventListener('keydown', first, true);
    window.removeEventListener('keydown', last);
  };
}
