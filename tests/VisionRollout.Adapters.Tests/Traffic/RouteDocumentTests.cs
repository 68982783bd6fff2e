using System.Text.Json.Nodes;
using VisionRollout.Adapters.GatewayApi;
using VisionRollout.Adapters.Istio;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Adapters.Traffic;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Tests.Traffic;

public sealed class RouteDocumentTests
{
    private static readonly string[] Colours = ["green", "blue"];

    [Theory]
    [MemberData(nameof(RouteTable.VirtualServices), MemberType = typeof(RouteTable))]
    public void A_VirtualService_changes_in_nothing_but_weights_and_header_route(RouteCase row) => Check(row, new VirtualServiceDialect(TestPlans.Route, TestPlans.Namespace));

    [Theory]
    [MemberData(nameof(RouteTable.HttpRoutes), MemberType = typeof(RouteTable))]
    public void An_HTTPRoute_changes_in_nothing_but_weights_and_header_route(RouteCase row) => Check(row, new HttpRouteDialect(TestPlans.Route, TestPlans.Namespace));

    [Theory]
    [InlineData("""[{"route":[{"destination":{"host":"docs"}}]}]""", "RouteHasNoPlanHost")]
    [InlineData("""[]""", "RouteHasNoPlanHost")]
    [InlineData("""[{"match":[{"headers":{"canary":{"exact":"true"}}}],"route":[{"destination":{"host":"vision-to-code-blue"}}]}]""", "RouteHasNoPlanHost")]
    [InlineData("""[{"route":[{"destination":{"host":"vision-to-code-green.other.svc.cluster.local"}}]}]""", "RouteHasNoPlanHost")]
    [InlineData("""[{"route":[{"destination":{"host":"vision-to-code-green"},"weight":90},{"destination":{"host":"docs"},"weight":10}]}]""", "RouteForeignDestination")]
    public void A_route_that_cannot_be_weighted_is_a_clear_error(string entries, string id)
    {
        var error = Assert.Throws<RolloutException>(() => Open(entries, new VirtualServiceDialect(TestPlans.Route, TestPlans.Namespace)));

        Assert.Equal(id, error.Id);
        Assert.Contains("vision-to-code", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public void Weights_of_Istio_that_do_not_add_up_to_100_are_shares_of_their_sum()
    {
        var document = Open("""[{"route":[{"destination":{"host":"vision-to-code-green"},"weight":3},{"destination":{"host":"vision-to-code-blue"},"weight":1}]}]""",
            new VirtualServiceDialect(TestPlans.Route, TestPlans.Namespace));

        Assert.Equal((0.75, 0.25), (document.Weights["green"], document.Weights["blue"]));
        Assert.Null(document.HeaderColour);
    }

    private static RouteDocument Open(string entries, RouteDialect dialect) =>
        new(new JsonObject { [dialect.Entries] = JsonNode.Parse(entries) }, dialect, TestPlans.Route, Colours);

    private static void Check(RouteCase row, RouteDialect dialect)
    {
        var document = Open(row.Before, dialect);

        document.SetWeights(new Dictionary<string, int> { ["green"] = row.Green, ["blue"] = row.Blue });
        document.SetHeaderColour(row.Header);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(row.After), document.Entries), document.Entries.ToJsonString());
        var read = Open(document.Entries.ToJsonString(), dialect);
        Assert.Equal((row.Green / 100.0, row.Blue / 100.0, row.Header), (read.Weights["green"], read.Weights["blue"], read.HeaderColour));
    }
}
