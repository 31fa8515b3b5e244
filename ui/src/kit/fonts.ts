// The map draws its labels from local fonts into a cache of its own: a slice of the bundled font
// that comes late would leave wrong or empty signs there for good. So all slices come first.

/** Resolves when every slice of the bundled font is there, or after `patience_ms`. */
export async function allFontsLoaded(patience_ms = 4000): Promise<void> {
  const faces = [...(document.fonts ?? [])];
  const loading = Promise.allSettled(faces.map((face) => face.load()));
  await Promise.race([loading, new Promise((done) => setTimeout(done, patience_ms))]);
}
