// Builds the desk into `dist/`, which the window embeds and the loopback address serves.
// Not here: the fixture page, which only the development server and the tests may see.
import { fileURLToPath, URL } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: './',
  plugins: [svelte()],
  resolve: {
    alias: {
      '@bridge': at('./src/bridge'),
      '@generated': at('./src/generated'),
      '@kit': at('./src/kit'),
      '@features': at('./src/features'),
      '@words': at('../assets/words'),
      '@sounds': at('../assets/sounds'),
      '@map-style': at('../maps/style'),
    },
    ...(process.env.VITEST ? { conditions: ['browser'] } : {}),
  },
  build: { target: 'es2022', chunkSizeWarningLimit: 1600, reportCompressedSize: false },
  server: { fs: { allow: ['..'] }, host: '127.0.0.1' },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
    // Every start of the whole desk loads all its modules anew; a machine full of compilers is slow at that.
    hookTimeout: 30_000,
    testTimeout: 20_000,
    css: true,
  },
});
