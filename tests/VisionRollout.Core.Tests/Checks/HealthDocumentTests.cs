using VisionRollout.Core.Checks;

namespace VisionRollout.Core.Tests.Checks;

public sealed class HealthDocumentTests
{
    [Theory]
    [InlineData(200, """{"status":"pass"}""", "pass")]
    [InlineData(200, """{"status":"warn"}""", "warn")]
    [InlineData(200, """{"status":"UP"}""", "pass")]
    [InlineData(200, """{"status":"ok"}""", "pass")]
    [InlineData(503, """{"status":"fail"}""", "fail")]
    [InlineData(200, """{"status":"down"}""", "fail")]
    [InlineData(200, """{"status":"error"}""", "fail")]
    [InlineData(503, """{"status":"pass"}""", "fail")] // contradicts itself
    [InlineData(200, """{"status":"sunny"}""", "pass")] // by the HTTP status
    [InlineData(500, """{"status":"sunny"}""", "fail")]
    [InlineData(200, """{"status":200}""", "pass")]
    [InlineData(200, """{"status":null}""", "pass")]
    [InlineData(200, """{"status":"pass","checks":[1,2]}""", "pass")]
    [InlineData(200, """{"status":"pass","checks":"none"}""", "pass")]
    [InlineData(200, "{}", "pass")]
    [InlineData(200, "[]", "pass")]
    [InlineData(200, "fine", "pass")]
    [InlineData(200, "", "pass")]
    [InlineData(404, "not found", "fail")]
    [InlineData(503, "", "fail")]
    [InlineData(0, "", "fail")]
    public void The_status_is_read_from_the_document_or_from_the_HTTP_status(int http, string body, string status) =>
        Assert.Equal(status, HealthDocument.Parse(http, body).Status);

    [Fact]
    public void Checks_are_read_as_lists_and_as_single_objects()
    {
        var document = HealthDocument.Parse(503, """
            {"status":"fail","checks":{
              "postgres:connections":[{"componentType":"datastore","status":"pass"},{"status":"fail","output":"pool is empty"}],
              "external:payments":{"status":"warn","output":"fallback"},
              "uptime":[{"observedValue":3}]}}
            """);
        Assert.Equal(
        [
            new HealthCheck("postgres:connections", "datastore", "pass", ""), new HealthCheck("postgres:connections", "", "fail", "pool is empty"),
            new HealthCheck("external:payments", "", "warn", "fallback"), new HealthCheck("uptime", "", "pass", ""),
        ], document.Checks);
    }

    [Fact]
    public void A_status_that_nobody_knows_does_not_pass() =>
        Assert.Equal("warn", Assert.Single(HealthDocument.Parse(200, """{"status":"pass","checks":{"queue":[{"status":"odd"}]}}""").Checks).Status);
}
