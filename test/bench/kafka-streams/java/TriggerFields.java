/** Where a Trigger has what the folds set. */
final class TriggerFields {
  final Shape shape;
  final int triggerId;
  final int seq;
  final int stepNo;
  final int loggedAt;
  final int leadId;
  final int program;
  final int model;
  final int step;
  final int channel;
  final int template;
  final int at;
  final int causeId;
  final int personal;

  TriggerFields(Shape shape) {
    this.shape = shape;
    triggerId = shape.at("trigger_id");
    seq = shape.at("seq");
    stepNo = shape.at("step_no");
    loggedAt = shape.at("logged_at");
    leadId = shape.at("lead_id");
    program = shape.at("program");
    model = shape.at("model_version");
    step = shape.at("step");
    channel = shape.at("channel");
    template = shape.at("template");
    at = shape.at("at");
    causeId = shape.at("cause_id");
    personal = shape.at("personal");
  }
}
