// How instants, spans and distances are written. Numbers carry units as symbols, never words.

const two = (n: number) => String(n).padStart(2, '0');

/** 14:31:26, local time. */
export function hms(at_ms: number): string {
  const at = new Date(at_ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** 14:31 */
export function hm(at_ms: number): string {
  return hms(at_ms).slice(0, 5);
}

/** 2026-11-22 */
export function ymd(at_ms: number): string {
  const at = new Date(at_ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** 00:44, 12:05, 1:04:18; a negative span is zero. */
export function span(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  return s < 3600 ? rest : `${Math.floor(s / 3600)}:${rest}`;
}

/** 4 s, 3 min, 2 h, 3 d: the coarse age of a thing. */
export function age(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 100) return `${s} s`;
  if (s < 6000) return `${Math.floor(s / 60)} min`;
  if (s < 172800) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86400)} d`;
}

/** 320 m, 1.4 km, 12 km */
export function metres(m: number): string {
  if (m < 995) return `${Math.round(m / 10) * 10} m`;
  return m < 9950 ? `${(m / 1000).toFixed(1)} km` : `${Math.round(m / 1000)} km`;
}

/** 139 0000 4217: eleven digits in three groups, everything else as it came. */
export function phone(number: string): string {
  return /^1\d{10}$/.test(number) ? number.replace(/(\d{3})(\d{4})(\d{4})/, '$1 $2 $3') : number;
}

/** 0:50, 12:05, 61:00: seconds on the road as minutes and seconds. */
export function roadTime(s: number): string {
  const whole = Math.max(0, Math.round(s));
  return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
}

/** 850 m², 12400 m², 1.24 km² */
export function squareMetres(m2: number): string {
  if (m2 < 100_000) return `${Math.round(m2)} m²`;
  return `${(m2 / 1e6).toFixed(2)} km²`;
}
