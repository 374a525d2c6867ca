console.log("@awaitmq/bench");
