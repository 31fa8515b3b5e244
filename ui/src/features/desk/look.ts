// How this desk likes to look, kept on this machine's disk beside the drafts.
import { desk } from '@bridge/bridge';
import { speech, type Language } from '@kit/words.svelte';
import { deskState, type Theme, type TypeSize } from './desk.svelte';

interface Look {
  v: 1;
  theme: Theme;
  typeSize: TypeSize;
  language: Language;
  isMuted: boolean;
}

export async function rememberLook(): Promise<void> {
  const look: Look = {
    v: 1,
    theme: deskState.theme,
    typeSize: deskState.typeSize,
    language: speech.language,
    isMuted: deskState.isMuted,
  };
  await desk.draftPut({ key: 'look', body: JSON.stringify(look), at_ms: 0 }).catch(() => undefined);
}

export async function recallLook(): Promise<void> {
  const found = await desk.draftGet({ key: 'look' }).catch(() => null);
  const body = found?.drafts[0]?.body;
  if (!body) return;
  try {
    const look = JSON.parse(body) as Look;
    deskState.look(look);
  } catch {
    // A look that cannot be read is no reason not to open; the defaults stand.
  }
}
