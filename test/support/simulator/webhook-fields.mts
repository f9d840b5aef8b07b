import { invalidInput } from './errors.mts';
import type { Settings, UrlSpelling } from './settings.mts';
import { childText, type Element } from './xml.mts';

export interface WebhookFields {
	url: string | undefined;
	authorizationHeader: string | undefined;
	active: boolean | undefined;
}

/**
 * What a create or update body can hold; other elements are ignored: see
 * docs/vendor-facts.md#webhook-documents.
 */
export function readFields(root: Element): WebhookFields {
	const active = childText(root, 'active')?.trim().toLowerCase();
	if (active !== undefined && active !== 'true' && active !== 'false') {
		throw invalidInput('active must be true or false');
	}
	return {
		url: childText(root, 'webhook-url')?.trim(),
		authorizationHeader: childText(root, 'authorization-header')?.trim(),
		active: active === undefined ? undefined : active === 'true',
	};
}

/**
 * https, or http where the setting allows it: see docs/vendor-facts.md#webhook-url. Gives what the
 * site writes down.
 */
export function checkedUrl(text: string, settings: Settings): string {
	const protocol = URL.canParse(text) ? new URL(text).protocol : '';
	if (protocol !== 'https:' && !(protocol === 'http:' && settings.allowHttpUrls)) {
		throw invalidInput('webhook-url must be an https URL');
	}
	if (text.length > settings.maxUrlLength) throw invalidInput('webhook-url is too long');
	return spelled(text, settings.webhookUrlSpelling);
}

/** The URL as the site writes it down. */
function spelled(text: string, spelling: UrlSpelling): string {
	const { protocol, hostname, host, port, pathname } = new URL(text);
	const withHost = (name: string) => `${protocol}//${name}${pathname}`;
	if (spelling === 'slashAtEnd') return `${text}/`;
	if (spelling === 'hostInCapitals') return withHost(host.toUpperCase());
	if (spelling === 'withPort') return withHost(`${hostname}:${port || '443'}`);
	if (spelling === 'encoded') return text.replaceAll('-', '%2d');
	return spelling === 'elsewhere' ? withHost(`gateway.${host}`) : text;
}

/**
 * The complete header value, scheme included; it must fit into a header: see
 * docs/vendor-facts.md#authorization-header-of-deliveries.
 */
export function checkedHeader(text: string, settings: Settings): string {
	const [scheme = '', rest] = text.split(/ +(.*)/s);
	const known = settings.authorizationSchemes.some(
		(name) => name.toLowerCase() === scheme.toLowerCase(),
	);
	if (!known || !rest || /[^\x20-\x7e]/.test(text)) {
		throw invalidInput('authorization-header must be a bearer or basic header value');
	}
	return text;
}
