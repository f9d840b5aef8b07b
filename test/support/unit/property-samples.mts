import { present } from '../present.mts';
import { sampleOf } from '../vendor-samples.mts';

export const LISTED = present(sampleOf('GET pages/{id}/properties'));

export const NONE =
	'<properties count="0" href="https://site.example/@api/deki/pages/371/properties"/>';

export const propertyName = 'urn:example.com#reviewed-by';
