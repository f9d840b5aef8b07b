import { describe, expect, it } from 'vitest';
import { codeOf } from '../../support/e2e/template.mts';

/** The page that the template draws of what Check Health gave, as n8n's Code node runs it. */
function page(...items: object[]): string {
	// The code is ours, and a Code node is nothing else.
	// eslint-disable-next-line @typescript-eslint/no-implied-eval
	const draw = new Function('$input', codeOf('status-page', 'Draw the page')) as (
		input: object,
	) => Array<{ json: { html: string } }>;
	return draw({ all: () => items.map((json) => ({ json })) })[0]!.json.html;
}

const HEALTHY = {
	...{ id: '7', healthy: true, eventNames: ['Page Moved or Renamed'], findings: [] as string[] },
	...{ workflow: { id: 'w', name: 'New pages' }, node: { id: 'n', name: 'Page created' } },
	deliveries: {
		...{ process: 'main', since: '2026-11-28T06:00:00.000Z', accepted: 41, duplicates: 2 },
		...{ filtered: 3, refused: { 'signature wrong': 4, 'timestamp missing': 1 }, toldToRetry: {} },
		...{ late: 0, repaired: 0, recovered: 6, p50Ms: 12, p95Ms: 48 },
		lastDelivery: { at: '2026-11-28T08:15:00.000Z', deliveryId: 'd' },
		hours: [
			{ at: '2026-11-28T06:00:00.000Z', accepted: 30, refused: 0, late: 1, recovered: 6 },
			{ at: '2026-11-28T07:00:00.000Z', accepted: 0, refused: 5, late: 0, recovered: 0 },
			{ at: '2026-11-28T08:00:00.000Z', accepted: 11, refused: 0, late: 0, recovered: 0 },
		],
	},
	tokenExpiresAt: '2035-01-01T00:00:00.000Z',
	versions: { package: '0.1.0', n8n: '2.41' },
};

/** What a reader sees: the text of an element, without tags and white space. */
function texts(html: string, tag: string): string[] {
	return [...html.matchAll(new RegExp(`<${tag}[^>]*>(.*?)</${tag}>`, 'gs'))].map(([, inside]) =>
		inside!.replace(/<[^>]+>/g, ' ').trim(),
	);
}

describe('the status page', () => {
	it('the status page names workflow, node and figures of a webhook', () => {
		const html = page(HEALTHY);
		expect(texts(html, 'h2')).toEqual(['New pages · Page created']);
		expect(texts(html, 'dd')).toEqual(['41', '2', '3', '5', '6', '12 / 48 ms']);
		expect(html).toContain('<section class="good">');
		expect(texts(html, 'p')).toContain('Healthy  Page Moved or Renamed');
		expect(texts(html, 'p')).toEqual(
			expect.arrayContaining([
				'None: told to retry, late (over 1 s), repaired',
				'Last delivery: 2026-11-28 08:15 UTC. Counted since 2026-11-28 06:00 UTC, process: main',
			]),
		);
	});

	it('the status page names six events of a webhook, and counts the others', () => {
		const eventNames = Array.from({ length: 8 }, (_, index) => `Event ${index + 1}`);
		const html = page({ ...HEALTHY, eventNames });
		expect(texts(html, 'p')).toContain('Healthy  Event 1, Event 2, Event 3, Event 4, Event 5, Event 6 and 2 more');
	});

	it('the status page draws the last hours as lines that end with the hour of now, and says in words what they are', () => {
		const html = page(HEALTHY);
		const points = [...html.matchAll(/<polyline class="(\w+)" points="([^"]+)"/g)].map(([, light, at]) => [light, at]);
		const at = (...heights: number[]) =>
			heights.map((height, index) => `${((21 + index) * 100) / 23},${30 - (height * 28) / 36}`).join(' ');
		expect(points).toEqual([
			['bad', at(1, 5, 0)],
			['good', at(36, 0, 11)],
		]);
		expect(texts(html, 'p').map((text) => text.replace(/\s+/g, ' '))).toContain(
			'Last 3 hours: 47 accepted or recovered , 6 refused or late ; at most 36 in an hour',
		);
	});

	it.each([
		[1, 'This hour: nothing'],
		[24, 'Last 24 hours: nothing'],
	])('the status page draws no line of %i hours without a delivery', (count, says) => {
		const hours = Array.from({ length: count }, () => ({ accepted: 0, refused: 0, late: 0, recovered: 0 }));
		const html = page({ ...HEALTHY, deliveries: { ...HEALTHY.deliveries, hours } });
		expect(html).not.toContain('<svg');
		expect(texts(html, 'p')).toContain(says);
	});

	it.each([
		['all are healthy', [HEALTHY, HEALTHY], 'Healthy', 2],
		['one has a finding', [HEALTHY, { ...HEALTHY, findings: ['Soon'] }], 'Enabled, with findings', 2],
		['one is not healthy', [HEALTHY, { ...HEALTHY, healthy: false }], 'Needs attention', 2],
		['there is none', [{ healthy: false, findings: ['The site has no webhook'] }], 'Needs attention', 0],
	])('the status page shows the worst state when %s', (_case, items, label, count) => {
		const html = page(...items);
		expect(texts(html, 'title')).toEqual([`${label}: Expert webhooks`]);
		expect(texts(html, 'p')[0]).toBe(`${label}  Webhooks: ${count}`);
		const findings = items.flatMap((item) => item.findings);
		expect(texts(html, 'li')).toEqual(findings);
	});

	it('the status page says so when Check Health did not get through', () => {
		const html = page({ error: 'The site does not accept the token. Make a new one' });
		expect(texts(html, 'title')).toEqual(['Needs attention: Expert webhooks']);
		expect(texts(html, 'p')[0]).toBe('Needs attention  Webhooks: –');
		expect(texts(html, 'h2')).toEqual(['Not known']);
		expect(texts(html, 'li')).toEqual([
			'Check Health did not get through. The site does not accept the token. Make a new one',
		]);
	});

	it('the status page shows what is HTML as text', () => {
		const odd = `<img src=x onerror="alert('1')">&amp;`;
		const html = page({
			...{ ...HEALTHY, id: odd, findings: [odd], eventNames: [odd] },
			...{ workflow: { name: odd }, node: { name: odd }, versions: { package: odd, n8n: odd } },
			deliveries: { ...HEALTHY.deliveries, process: odd, accepted: odd },
		});
		expect(html).not.toContain('<img');
		expect(html).not.toContain('&amp;');
		expect(html.split('&#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62;&#38;amp;')).toHaveLength(9);
	});
});
