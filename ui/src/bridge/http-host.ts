// The loopback address: the same router over POST /call and an event stream, in a plain browser.
// Not here: any other address; the page talks to where it came from and to nobody else.
import type { Changed } from '@generated/types';
import { browserDoors } from './browser-doors';
import type { Envelope, Host, Reply, Startup } from './host';

export function httpHost(where: Location = location): Host {
  const token = new URLSearchParams(where.search).get('token') ?? '';
  const query = `token=${encodeURIComponent(token)}`;
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const reply = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-fengsui-token': token },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`HTTP ${reply.status}`);
    return (await reply.json()) as T;
  };
  let stream: EventSource | undefined;
  const open = () => (stream ??= new EventSource(`/events?${query}`));
  return {
    kind: 'http',
    ...browserDoors(where),
    tileUrl: `${where.origin}/tiles/{z}/{x}/{y}?${query}`,
    rasterUrl: `${where.origin}/tiles/imagery/{z}/{x}/{y}?${query}`,
    pictureUrl: `${where.origin}/tiles/raster/{theme}/{z}/{x}/{y}.png?${query}`,
    call: (envelope: Envelope) => post<Reply>('/call', envelope),
    startup: () => post<Startup>('/startup', {}),
    onChanged: (listener) => {
      let wasDown = false;
      const hear = (event: MessageEvent<string>) => {
        listener((JSON.parse(event.data) as Changed).topics);
      };
      open().addEventListener('changed', hear);
      open().addEventListener('message', hear);
      open().addEventListener('error', () => (wasDown = true));
      open().addEventListener('open', () => {
        if (wasDown) listener([]);
        wasDown = false;
      });
    },
    onLink: (listener) => {
      open().addEventListener('error', () => listener(false));
      open().addEventListener('open', () => listener(true));
    },
    quit: () => Promise.resolve(),
  };
}
