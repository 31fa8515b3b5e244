// Words of drawings (标绘): what is drawn, what form it has, what the lists say.
export const drawing = {
  'drawing.cordon': { zh: '警戒区', en: 'cordon' },
  'drawing.assembly': { zh: '集结点', en: 'assembly point' },
  'drawing.route': { zh: '行进路线', en: 'route' },
  'drawing.red_line': { zh: '红线', en: 'red line' },
  'drawing.green_line': { zh: '绿线', en: 'green line' },
  'drawing.free_line': { zh: '线', en: 'line' },
  'drawing.text_mark': { zh: '文字标注', en: 'text mark' },
  'drawing.unknown': { zh: '标绘（新程序所画，本程序不识其类）', en: 'drawing (of a kind only a newer program knows)' },
  'shape.point': { zh: '点', en: 'A point' },
  'shape.line': { zh: '线', en: 'A line' },
  'shape.area': { zh: '面', en: 'An area' },
} as const;
