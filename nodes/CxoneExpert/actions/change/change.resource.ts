import type { Resource } from '../core/operation';
import { letChangeThroughOnce } from './let-through-once.operation';

export const changeResource: Resource = {
	value: 'change',
	name: 'Change',
	description: 'A change at the site, as the trigger or a catch-up reports it',
	operations: [letChangeThroughOnce],
};
