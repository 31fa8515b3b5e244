// All sentences of the desk, both languages. A key may stand in one file only (a test checks it).
import { call } from './call';
import { command } from './command';
import { desk } from './desk';
import { drawing } from './drawing';
import { failure } from './failure';
import { incident } from './incident';
import { keys } from './keys';
import { map } from './map';
import { need } from './need';
import { station } from './station';
import { timeline } from './timeline';
import { unit } from './unit';

export const files = { call, command, desk, drawing, failure, incident, keys, map, need, station, timeline, unit };

export const sentences = {
  ...desk, ...call, ...command, ...incident, ...unit, ...map, ...need, ...station, ...timeline, ...drawing, ...failure, ...keys,
} as const satisfies Record<string, { zh: string; en: string }>;
