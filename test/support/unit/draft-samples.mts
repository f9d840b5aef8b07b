import { present } from '../present.mts';
import { sampleOf } from '../vendor-samples.mts';

export const SAMPLE = present(sampleOf('GET drafts/{id}'));

export const ITEM = {
	id: '373',
	path: 'Guides/Phones/Set_up',
	title: 'Set up',
	url: 'https://site.example/Guides/Phones/Set_up?mt-draft=true',
	state: 'unpublished',
	revision: 1,
	createdAt: '2026-03-04T08:16:00Z',
	editedAt: '2026-04-05T09:25:00Z',
	modifiedAt: '2026-04-06T10:35:00Z',
};
