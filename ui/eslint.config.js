// The rules of the house that a type checker cannot see: who may import whom.
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

const tauri = { group: ['@tauri-apps/*'], message: 'Only bridge/ may import @tauri-apps/*.' };
const forbid = (...patterns) => ({
  'no-restricted-imports': ['error', { patterns: [tauri, ...patterns] }],
});
const above = (names, who) => ({
  regex: `(^|/)(${names})/`,
  message: `${who} may not import from above: views → features → kit.`,
});

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'src/generated/'] },
  ...ts.configs.recommended,
  ...svelte.configs['flat/recommended'],
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'svelte/no-navigation-without-resolve': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A string in braces keeps a space that the compiler would trim.
      'svelte/no-useless-mustaches': 'off',
      // svelte-check knows which ones are needed; this rule does not see every warning.
      'svelte/no-unused-svelte-ignore': 'off',
      // Maps and dates made and dropped within one function are not state.
      'svelte/prefer-svelte-reactivity': 'off',
      'max-lines': ['error', { max: 400 }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
  },
  { files: ['src/**/*'], ignores: ['src/bridge/**'], rules: forbid() },
  {
    files: ['src/kit/**/*'],
    rules: forbid(above('@features|@bridge|features|views|frame|bridge', 'kit')),
  },
  { files: ['src/features/**/*'], rules: forbid(above('views|frame', 'features')) },
  { files: ['fixture/**/*', 'tests/**/*'], rules: { 'max-lines': 'off' } },
);
