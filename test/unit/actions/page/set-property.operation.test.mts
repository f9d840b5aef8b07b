import { describe, expect, it } from 'vitest';

import { setPageProperty } from '../../../../nodes/CxoneExpert/actions/page/set-property.operation.ts';
import { refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { LISTED, NONE, propertyName } from '../../../support/unit/property-samples.mts';

const SET = LISTED.replace('</property>', '<status code="200"/></property>');

describe('setPageProperty', () => {
	const page = { mode: 'id', value: '141' };

	it('setPageProperty replaces the value whose etag it has read', async () => {
		const options = { contentType: 'application/json' };
		const { calls } = await runOperation(
			setPageProperty,
			{ page, propertyName, value: '[]', options },
			[LISTED, SET],
		);
		expect(calls[1]!.body).toBe(
			`<properties><property name="${propertyName}" etag="61.r6_ts2024-02-08T21:39:11Z"><contents type="application/json">[]</contents></property></properties>`,
		);
	});

	it.each([
		['a text as it is', ' <b>&amp;"]]>\r\n😀 ', ' &lt;b&gt;&amp;amp;&quot;]]&gt;&#13;\n😀 '],
		['an empty text', '', ''],
		['a number', 0, '0'],
		['yes or no', false, 'false'],
		['an object', { a: [1] }, '{&quot;a&quot;:[1]}'],
	])('setPageProperty sends %s', async (_what, value, written) => {
		const { calls } = await runOperation(setPageProperty, { page, propertyName, value }, [
			NONE,
			SET,
		]);
		expect(calls[1]!.body).toContain(`>${written}</contents>`);
	});

	it('setPageProperty returns the new value even when the response leaves it out', async () => {
		const value = 'x'.repeat(5000);
		const { items } = await runOperation(setPageProperty, { page, propertyName, value }, [
			NONE,
			SET,
		]);
		expect(items[0]).toMatchObject({ value });
	});

	it.each([
		['409', 'was changed by somebody else'],
		['403', 'did not set the property'],
		['400', 'did not set the property'],
	])('setPageProperty reports status %s inside the response', async (code, message) => {
		const status = `<status code="${code}">No, secret-token</status>`;
		const body = `<properties><property name="${propertyName}">${status}</property></properties>`;
		const response = { status: 207, body };
		const refused = await refusalOf(setPageProperty, { page, propertyName, value: 'x' }, [
			NONE,
			response,
		]);
		expect(refused.message).toContain(message);
		expect(refused.message).toContain(`(${code})`);
		expect(refused.description).toContain('The site said: No, [hidden]');
	});

	it('setPageProperty does not treat a response without the property as a confirmation', async () => {
		const refused = await refusalOf(setPageProperty, { page, propertyName, value: 'x' }, [
			NONE,
			NONE,
		]);
		expect(refused.message).toBe('Expert did not confirm that the property was set');
	});
});
