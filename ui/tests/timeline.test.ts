// Timeline sentences: who did what, which field became what, and what stood there before.
import { describe, expect, it } from 'vitest';
import { sayTimeline } from '@features/incident/timeline-words';
import type { TimelineLine } from '@generated/types';
import { speech } from '@kit/words.svelte';

const line = (kind: string, params: Record<string, string>): TimelineLine => ({
  entry: kind, at_ms: 0, written_at_ms: 0, corrected_at_ms: null, is_clock_unknown: false, by: '台01', kind, params: Object.entries(params).map(([name, value]) => ({ name, value })),
});
const said = (...lines: TimelineLine[]) => {
  speech.language = 'zh';
  return sayTimeline(lines, null).map((one) => one.words);
};

describe('timeline', () => {
  it('says what a field was before it was changed', () => {
    expect(
      said(
        line('incident.amend', { fields: 'place', place: '人民路' }),
        line('incident.amend', { fields: 'place,level', place: '人民路夜市东口', level: 'urgent' }),
        line('incident.amend', { fields: 'level', level: 'grave' }),
        line('incident.amend', { fields: 'place', place: '' }),
      ),
    ).toEqual(['改 地点 人民路', '改 地点“人民路”→“人民路夜市东口”；级别 紧急', '改 级别“紧急”→“严重”', '改 地点“人民路夜市东口”→“清空”']);
  });

  it('reads numbers the log keeps as words, and leaves out what is absent', () => {
    expect(said(line('assignment.remind', { unit: '巡03', channel: '2' }))).toEqual(['改用350M催 巡03 签收']);
    expect(said(line('incident.open', { incident_number: '20261122WB00001K', entrance: '4' }))).toEqual(['建单 20261122WB00001K·巡逻发现']);
    expect(said(line('assignment.order', { unit: '巡03', order_text: '带盾' }))).toEqual(['派 巡03：带盾']);
    expect(said(line('feedback.add', { text: '到场' }))).toEqual(['反馈：到场']);
    expect(said(line('call.ring', { line: '119', number: '13900004217' }))).toEqual(['来话 119·139 0000 4217']);
  });

  it('names a drawing, its measures and why it was voided', () => {
    expect(said(line('drawing.add', { drawing_kind: 'cordon', label: '外圈', length_m: '301', area_m2: '5283' }))).toEqual(['标绘 警戒区“外圈”　长 300 m　面积 5283 m²']);
    expect(said(line('drawing.change', { drawing_kind: 'cordon', label: '内圈', old_label: '外圈' }))).toEqual(['改标绘 警戒区“内圈”　原称“外圈”']);
    expect(said(line('drawing.void', { drawing_kind: 'assembly', void_reason: '改在东口集结' }))).toEqual(['撤标绘 集结点：改在东口集结']);
  });

  it('shows a kind it does not know with its values', () => {
    expect(said(line('robot.dance', { step: '3' }))[0]).toContain('robot.dance');
  });
});
