import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['.venv/', '.tools/', '.aws-sam/', 'build/'] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: 'module' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      'max-lines': ['error', 250],
      'max-params': ['error', 6],
      'no-shadow': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
    },
  },
  { files: ['static_site/**/*.js'], languageOptions: { globals: globals.browser } },
  {
    files: ['static_site/js/**/*.js'],
    ignores: ['static_site/js/texts/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...['Literal[value=/^[A-Z][a-z]+ [a-z]/]', 'TemplateLiteral > TemplateElement[value.raw=/[a-z]{2,} [a-z]{2,}/]'].map(
          (selector) => ({
            selector: `:not(NewExpression[callee.name=/Error$/]) > ${selector}`,
            message: 'Text for visitors belongs in static_site/js/texts.',
          }),
        ),
      ],
    },
  },
  { files: ['tests/**/*.js', 'docs/*.mjs', '*.js'], languageOptions: { globals: globals.nodeBuiltin } },
];
