import { flagField } from '../../parameters/field';

export const withSubpages = flagField({
	displayName: 'With Subpages',
	name: 'withSubpages',
	description: 'Whether to look at all pages below, too: with the home page, at the whole site',
});
