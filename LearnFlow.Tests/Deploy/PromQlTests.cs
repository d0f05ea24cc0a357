namespace LearnFlow.Tests.Deploy;

/// <summary>What the other tests take an expression to name is what it names.</summary>
public sealed class PromQlTests
{
    [Theory]
    [InlineData("up == 0", "up", "")]
    [InlineData("""60 * sum by (limit) (rate(a_total{reason!~"missing|expired"}[5m])) > 10""", "a_total", "limit")]
    [InlineData("""max by (job) (up{job=~"triage|.+-agent"}) == 0 or absent(up{job="triage"})""", "up up", "job")]
    [InlineData("histogram_quantile(0.95, sum by (le, agent) (rate(a_bucket[1h] offset 5m)))", "a_bucket", "agent le")]
    [InlineData("a / on (job, instance) group_left (version) b > 0.8", "a b", "instance job version")]
    [InlineData("learnflow:errors:ratio_rate1h > 14.4 * 0.001 and learnflow:errors:ratio_rate5m > 1e-3", "learnflow:errors:ratio_rate1h learnflow:errors:ratio_rate5m", "")]
    public void An_expression_names_its_metrics_and_the_labels_that_it_groups_by(string expression, string metrics, string labels)
    {
        var read = PromQl.Read(expression);

        Assert.Equal(metrics, string.Join(' ', read.Selectors.Select(selector => selector.Metric)));
        Assert.Equal(labels, string.Join(' ', read.Labels.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void A_selector_fits_a_series_that_has_its_labels_and_the_values_that_they_must_have()
    {
        var selector = Assert.Single(PromQl.Read("""a{route=~"/api/.*", status="500", reason!="none"}""").Selectors);

        Assert.True(selector.Fits(new Dictionary<string, string> { ["route"] = "/api/v1", ["status"] = "500", ["reason"] = "none" }));
        Assert.False(selector.Fits(new Dictionary<string, string> { ["route"] = "/metrics", ["status"] = "500", ["reason"] = "" }));
        Assert.False(selector.Fits(new Dictionary<string, string> { ["route"] = "/api/v1", ["status"] = "500" }));
    }
}
