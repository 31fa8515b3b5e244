// A choice by one digit: reasons of 无效, how a report came in, the reason of a reopening.
// While it is asked every key belongs to it; Esc or any other key leaves it.

export interface DigitChoice {
  title: string;
  ways: { code: string; name: string }[];
  take: (code: string) => void;
}

class Asking {
  choice = $state.raw<DigitChoice | null>(null);

  ask(choice: DigitChoice): void {
    this.choice = choice;
  }

  /** A key while something is asked; true when it belonged to the choice. */
  hear(chord: string): boolean {
    const choice = this.choice;
    if (!choice) return false;
    if (/^(Control|Alt|Shift|Meta)$/.test(chord.split('+').at(-1) ?? '')) return false;
    this.choice = null;
    const way = /^[1-9]$/.test(chord) ? choice.ways[Number(chord) - 1] : undefined;
    if (way) choice.take(way.code);
    // A key that means nothing here only leaves the choice; it types nothing and sends nothing.
    return way !== undefined || chord === 'Escape' || chord.length === 1 || chord === 'Enter';
  }
}

export const asking = new Asking();
