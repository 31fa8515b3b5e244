// The window: one command `call`, one event `changed`, tiles behind the program's own scheme.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Changed } from '@generated/types';
import type { Envelope, Host, Reply, Startup } from './host';

export function isTauri(): boolean {
  return '__TAURI_INTERNALS__' in globalThis;
}

/** On Windows and Android a custom scheme is reached as http://<scheme>.localhost. */
function tiles(path: string): string {
  const viaHttp = /Windows|Android/.test(navigator.userAgent);
  return `${viaHttp ? 'http://tiles.localhost' : 'tiles://localhost'}/${path}`;
}

/** Put into the wall's window by the program that opened it. */
declare global {
  var fengsuiWall: string | undefined;
}

export function tauriHost(): Host {
  return {
    kind: 'tauri',
    tileUrl: tiles('{z}/{x}/{y}'),
    rasterUrl: tiles('imagery/{z}/{x}/{y}'),
    pictureUrl: tiles('raster/{theme}/{z}/{x}/{y}.png'),
    call: (envelope: Envelope) => invoke<Reply>('call', { envelope }),
    startup: () => invoke<Startup>('startup'),
    onChanged: (listener) => {
      void listen<Changed>('changed', (event) => listener(event.payload.topics));
    },
    onLink: () => {
      // The core lives in the same process: there is no link that could be down.
    },
    quit: () => invoke<void>('quit'),
    saveText: (name, text) => invoke<string>('save_text', { name, text }),
    openWall: (session) => invoke<void>('open_wall', { session }),
    wallSession: () => globalThis.fengsuiWall ?? null,
  };
}
