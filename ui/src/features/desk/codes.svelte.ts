// The code tables of the county: types, results, reasons. Asked once after signing in.
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { CodeName, CodeTables, Line, TypeRow } from '@generated/types';

class Codes {
  readonly tables = new Read<CodeTables>(['settings'], () => desk.codeTables());
  #byCode = $derived(new Map((this.tables.value?.types ?? []).map((row) => [row.code, row])));

  type(code: string | null | undefined): TypeRow | undefined {
    return code ? this.#byCode.get(code) : undefined;
  }

  /** 治安 › 打架斗殴 › 持械 */
  typePath(code: string): string {
    const names: string[] = [];
    let row = this.#byCode.get(code);
    for (let depth = 0; row && depth < 8; depth += 1) {
      const parent: TypeRow | undefined = row.parent ? this.#byCode.get(row.parent) : undefined;
      // 打架斗殴·持械 under 打架斗殴 reads as 打架斗殴 › 持械.
      const isSpelled = parent && row.name.startsWith(`${parent.name}·`);
      names.unshift(isSpelled ? row.name.slice(parent.name.length + 1) : row.name);
      row = parent;
    }
    return names.length > 0 ? names.join(' › ') : code;
  }

  /** Types offered on a line that match initials or part of a name, leaves and branches alike. */
  find(query: string, line: Line, limit: number): TypeRow[] {
    const wanted = query.trim().toLowerCase();
    const rows = (this.tables.value?.types ?? []).filter(
      (row) => row.lines.length === 0 || row.lines.includes(line),
    );
    if (wanted === '') return rows.slice(0, limit);
    const score = (row: TypeRow): number => {
      if (row.initials.startsWith(wanted) || row.name.startsWith(wanted)) return 0;
      if (row.initials.includes(wanted) || row.name.includes(wanted)) return 1;
      return row.code.startsWith(wanted) ? 2 : 9;
    };
    return rows
      .map((row) => ({ row, score: score(row) }))
      .filter((hit) => hit.score < 9)
      .sort((a, b) => a.score - b.score)
      .slice(0, limit)
      .map((hit) => hit.row);
  }

  resultName = (code: string): string => nameOf(this.tables.value?.results, code);
  reasonName = (code: string): string => nameOf(this.tables.value?.invalid_reasons, code);
}

function nameOf(rows: CodeName[] | undefined, code: string): string {
  return rows?.find((row) => row.code === code)?.name ?? code;
}

export const codes = new Codes();
