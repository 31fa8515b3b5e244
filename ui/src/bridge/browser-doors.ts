// What a plain browser can do besides asking: hand out a file, open the wall in a second window.
// Not here: asking the core (http-host).

const KEY = 'fengsui-wall';

export function browserDoors(where: Location = location) {
  return {
    saveText: (name: string, text: string): Promise<string> => {
      const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
      return Promise.resolve('');
    },
    openWall: (session: string): Promise<void> => {
      // A window that a page opens gets a copy of what the page keeps for its session, and nobody else.
      sessionStorage.setItem(KEY, session);
      const opened = window.open(`${where.pathname}${where.search}#wall`, 'fengsui-wall');
      sessionStorage.removeItem(KEY);
      return opened ? Promise.resolve() : Promise.reject(new Error('the browser opened no window'));
    },
    wallSession: (): string | null => sessionStorage.getItem(KEY),
  };
}
