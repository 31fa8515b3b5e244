// Which tool lies open beside the map; one at a time. The panel takes the keyboard, Esc gives it back.
// Not here: what each tool does (its own file).
import { focusOn } from '@kit/focus';
import { tick } from 'svelte';

export type ToolName = 'layers' | 'here' | 'rings' | 'circle' | 'cameras' | 'hot' | 'draw' | 'closing';

class Tools {
  open = $state<ToolName | null>(null);
  #closers: Partial<Record<ToolName, () => void>> = {};

  /** What a tool forgets when it is put away. */
  onClose(name: ToolName, run: () => void): void {
    this.#closers[name] = run;
  }

  async take(name: ToolName): Promise<void> {
    if (this.open && this.open !== name) this.#closers[this.open]?.();
    this.open = name;
    await tick();
    focusOn('map-tool');
  }

  close(): void {
    if (this.open) this.#closers[this.open]?.();
    this.open = null;
    void tick().then(() => focusOn('map'));
  }
}

export const tools = new Tools();
