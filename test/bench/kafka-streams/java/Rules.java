import java.util.Map;
import org.apache.avro.util.Utf8;

/** The same rules as in folds/rules.ts: change both. Durations in ms. */
final class Rules {
  static final Map<Utf8, Double> POINTS =
      Map.of(
          new Utf8("page_viewed"), 1.0,
          new Utf8("email_opened"), 2.0,
          new Utf8("email_clicked"), 5.0,
          new Utf8("asset_downloaded"), 10.0,
          new Utf8("webinar_registered"), 15.0,
          new Utf8("form_submitted"), 20.0,
          new Utf8("trial_started"), 30.0);

  private static final long DAY = 24 * 60 * 60 * 1000L;
  private static final long HALF_LIFE = 14 * DAY;
  private static final double DECAY = 0.6931471805599453 / HALF_LIFE;
  static final long TRIGGER_PAUSE = 7 * DAY;
  static final Utf8 MODEL = new Utf8("bench-1");

  static final Utf8[] STAGES = {
    new Utf8("visitor"), new Utf8("engaged"), new Utf8("mql"), new Utf8("sales_ready")
  };
  static final double[] ENTER = {10, 40, 80};
  static final double[] LEAVE = {6, 25, 60};
  static final Utf8[] ENTERED = {
    new Utf8("score from 10"), new Utf8("score from 40"), new Utf8("score from 80")
  };
  static final Utf8[] LEFT = {
    new Utf8("score below 6"), new Utf8("score below 25"), new Utf8("score below 60")
  };

  static double decayed(double score, long elapsed) {
    return elapsed <= 0 ? score : score * StrictMath.exp(-DECAY * elapsed);
  }

  static double rounded(double points) {
    return Math.round(points * 1e9) / 1e9;
  }

  private Rules() {}
}
