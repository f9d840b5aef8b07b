import type { Simulator } from '../types.mts';
import { html, type Markup } from './html.mts';

/** What a credential needs, in the words of n8n's form; open until a webhook shows that one works. */
export function connection(simulator: Simulator): Markup {
	const { url, longTermToken, serverToken, signingSecret } = simulator;
	const isOpen = simulator.webhooks().length === 0;
	return html`<details ${isOpen ? 'open' : ''}>
		<summary>Connect n8n to this site</summary>
		<p class="quiet">For a CXone Expert API credential:</p>
		${value('Site URL', url)} ${value('Long-Term Token', longTermToken)}
		${value('Signing Secret', signingSecret)}
		<p class="quiet">With a server token in place of the long-term token:</p>
		${value('Token Key', serverToken.key)} ${value('Token Secret', serverToken.secret)}
		${value('Run As User', serverToken.user)}
	</details>`;
}

/** The button needs JavaScript, which shows it. */
function value(label: string, text: string): Markup {
	const id = `connect-${label.toLowerCase().replaceAll(/\W+/g, '-')}`;
	return html`<div class="value">
		<label for="${id}">${label}</label>
		<input id="${id}" readonly value="${text}" />
		<button type="button" data-copy="${id}" aria-label="Copy ${label}" hidden>Copy</button>
	</div>`;
}
