// The suite `browser`: the desk as a dispatcher meets it, in the system's Chromium, on the real back end.
// Every spec starts `target/debug/fengsui serve` on a home of its own (see support/station.ts), rings at
// the intake as an exchange would, and presses keys. Run it by `cargo xtask test --only browser`.
// Pictures of every look go to target/ci/screens/, what a failed test left to target/ci/browser/.
// Not here: rules (domain), commands (tests/tests/journeys.rs), the real window (tests/tests/window.rs).
import { defineConfig } from '@playwright/test';
import { chromium, inTarget } from './support/places';

export default defineConfig({
  testDir: './specs',
  outputDir: inTarget('ci/browser'),
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    browserName: 'chromium',
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1600, height: 1000 },
    reducedMotion: 'reduce',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium,
      args: [
        '--no-sandbox', '--enable-unsafe-swiftshader', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ],
    },
  },
});
