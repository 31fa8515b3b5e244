// What a host must offer: the window (tauri) and the loopback address (http) are the two hosts.
// Not here: what is asked; that is the generated command table.
import type { Failure, SignedIn, Topic } from '@generated/types';
import type { CommandName } from '@generated/commands';

export interface Envelope {
  session: string;
  name: CommandName;
  request: unknown;
}

export type Reply = { ok: unknown } | { failure: Failure };

/** What the program found when it started; `failure` means that the desk cannot open. */
export interface Startup {
  failure: Failure | null;
  /** Signed in already (demo county); else the desk shows the sign-in screen. */
  session: SignedIn | null;
  demo: boolean;
  home: string;
}

export interface Host {
  readonly kind: 'tauri' | 'http' | 'fixture';
  /** Template with {z}/{x}/{y}. */
  readonly tileUrl: string;
  /** Template with {z}/{x}/{y}: the pack's own pictures, drawn under roads and names. */
  readonly rasterUrl: string;
  /** Template with {theme}/{z}/{x}/{y}: the vector map drawn by the program, for a page without WebGL. */
  readonly pictureUrl: string;
  call(envelope: Envelope): Promise<Reply>;
  startup(): Promise<Startup>;
  /** Calls back with what became stale; an empty list means: the link came back, ask for all. */
  onChanged(listener: (topics: Topic[]) => void): void;
  /** The core stopped answering, or answers again. */
  onLink(listener: (isUp: boolean) => void): void;
  quit(): Promise<void>;
  /** Keeps a text as a file outside the program; answers where, or '' where the browser decides. */
  saveText(name: string, text: string): Promise<string>;
  /** Opens the wall display in a window of its own, or brings it forward. */
  openWall(session: string): Promise<void>;
  /** The session the wall was opened with; `null` in the desk's own window, or unknown. */
  wallSession(): string | null;
}
