console.log("@awaitmq/example-word-count");
