import { expect, it } from 'vitest';

import { NodeStaticData } from '../../../nodes/CxoneExpert/n8n/static-data.ts';
import { dropAllOf } from '../../../nodes/CxoneExpert/trigger/stored-parts.ts';
import { n8nOf, nodeState } from '../../support/unit/delivery-context.mts';

it('dropAllOf drops every part of a removed trigger, and nothing of another one', () => {
	const staticData: Record<string, unknown> = { other: 1 };
	for (const part of ['', 'Watch', 'Users']) {
		for (const nodeId of ['kept', 'removed']) staticData[`cxoneExpert${part}:${nodeId}`] = {};
	}
	const context = n8nOf(nodeState({ id: 'kept', staticData }));
	dropAllOf('removed', new NodeStaticData(context));
	expect(Object.keys(staticData)).toEqual([
		'other',
		'cxoneExpert:kept',
		'cxoneExpertWatch:kept',
		'cxoneExpertUsers:kept',
	]);
});
