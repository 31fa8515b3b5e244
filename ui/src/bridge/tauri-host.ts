// The window: one command `call`, one event `changed`, tiles behind the program's own scheme.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Changed } from '@generated/types';
import type { Envelope, Host, Reply, Startup } from './host';

export function isTauri(): boolean {
  return '__TAURI_INTERNALS__' in globalThis;
}

/** On Windows and Android a custom scheme is reached as http://<scheme>.localhost. */
function tileUrl(): string {
  const viaHttp = /Windows|Android/.test(navigator.userAgent);
  return viaHttp ? 'http://tiles.localhost/{z}/{x}/{y}' : 'tiles://localhost/{z}/{x}/{y}';
}

export function tauriHost(): Host {
  return {
    kind: 'tauri',
    tileUrl: tileUrl(),
    call: (envelope: Envelope) => invoke<Reply>('call', { envelope }),
    startup: () => invoke<Startup>('startup'),
    onChanged: (listener) => {
      void listen<Changed>('changed', (event) => listener(event.payload.topics));
    },
    onLink: () => {
      // The core lives in the same process: there is no link that could be down.
    },
    quit: () => invoke<void>('quit'),
  };
}
