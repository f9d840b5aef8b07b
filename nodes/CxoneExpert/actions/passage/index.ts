import type { Resource } from '../core/resource';
import { getManyPassages } from './get-many.operation';

export const passageResource: Resource = {
	value: 'passage',
	name: 'Passage',
	description: 'A part of a page or file that answers a question, for AI agents',
	operations: [getManyPassages],
};
