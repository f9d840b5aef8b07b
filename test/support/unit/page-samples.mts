import { present } from '../present.mts';
import { sampleOf } from '../vendor-samples.mts';

export const INFO = present(sampleOf('GET pages/{id}/info'));

export const DELETED = present(sampleOf('DELETE pages/{id}'));

export const VIRTUAL = '<page id="0" virtual="true"><title>X</title><path>X</path></page>';
