import { describe, expect, it } from 'vitest';

import { parseDelivery } from '../../../nodes/CxoneExpert/event/parse.ts';
import { isTestDelivery } from '../../../nodes/CxoneExpert/protocol/test-delivery.ts';

describe('isTestDelivery', () => {
	const isTest = (xml: string) => isTestDelivery(parseDelivery(Buffer.from(xml), 'text/xml'));

	it('isTestDelivery recognises the type that no site sends', () => {
		expect(isTest('<event id="1" type="n8n:testdelivery"/>')).toBe(true);
	});

	it.each([
		'<event type="n8n:test"/>',
		'<events><event type="n8n:testdelivery"/><event type="page:create"/></events>',
		'<event type="n8n:testdelivery">',
		'',
	])('isTestDelivery takes %j for no test delivery', (xml) => {
		expect(isTest(xml)).toBe(false);
	});
});
