/** Before every test: the texts in English, which the page loads at its start. */

import { loadLanguage } from '../../../../static_site/js/shared/texts.js';

await loadLanguage('en');
