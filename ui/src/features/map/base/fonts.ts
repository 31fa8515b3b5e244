// The fonts of the map's labels and what a token is. Labels are drawn from local fonts: no glyph files.

/** A colour of the desk by its name in kit/tokens.css. */
export type Token = (name: string) => string;

const families = ['Noto Sans SC Variable', 'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei'];
/** These families in order, the bundled one first. */
export const regular = families;
/** The weight is read from the name of the first family, which need not exist. */
export const bold = ['Desk Bold', ...families];
