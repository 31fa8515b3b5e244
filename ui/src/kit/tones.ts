// Plays the desk's tones (assets/sounds/tones.json) with WebAudio; no files, no network.
// Not here: when to sound; see features/alarm.
import tones from '@sounds/tones.json';

export type ToneName = keyof typeof tones;
interface Note {
  hz: number;
  ms: number;
  gap_ms?: number;
}

export class TonePlayer {
  #context: AudioContext | undefined;
  /** Names played, newest last; tests and the settings page read it. */
  readonly played: ToneName[] = [];

  play(name: ToneName): void {
    this.played.push(name);
    if (this.played.length > 200) this.played.shift();
    const Context = globalThis.AudioContext;
    if (!Context) return;
    this.#context ??= new Context();
    const context = this.#context;
    if (context.state === 'suspended') void context.resume();
    const { gain, notes } = tones[name] as { gain: number; notes: Note[] };
    let at = context.currentTime + 0.01;
    for (const note of notes) {
      const end = at + note.ms / 1000;
      const wave = context.createOscillator();
      const level = context.createGain();
      wave.frequency.value = note.hz;
      level.gain.setValueAtTime(0, at);
      level.gain.linearRampToValueAtTime(gain, at + 0.012);
      level.gain.setValueAtTime(gain, end - 0.02);
      level.gain.linearRampToValueAtTime(0, end);
      wave.connect(level).connect(context.destination);
      wave.start(at);
      wave.stop(end);
      at = end + (note.gap_ms ?? 0) / 1000;
    }
  }
}
export const tonePlayer = new TonePlayer();
