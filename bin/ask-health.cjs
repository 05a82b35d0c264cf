'use strict';

// The health check of the image: 0 while the page that HEALTH_URL names answers 200, and when it names none.
const { get } = require('http');

const url = process.env.HEALTH_URL;
if (url) {
  const unhealthy = (why) => {
    process.stderr.write(`${url}: ${why}\n`);
    process.exit(1);
  };
  const request = get(url, (answer) => {
    answer.resume();
    if (answer.statusCode !== 200) unhealthy(`HTTP ${answer.statusCode}`);
    answer.on('end', () => process.exit(0));
  });
  request.on('error', (error) => unhealthy(error.message));
  request.setTimeout(4000, () => unhealthy('no answer within 4 s'));
}
