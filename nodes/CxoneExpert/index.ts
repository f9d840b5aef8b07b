/** All that n8n loads. The build bundles it into one file, which the file of each class leads to. */
export { CxoneExpertApi } from '../../credentials/CxoneExpertApi.credentials';
export { CxoneExpert } from './CxoneExpert.node';
export { CxoneExpertPollingTrigger } from './CxoneExpertPollingTrigger.node';
export { CxoneExpertTrigger } from './CxoneExpertTrigger.node';
