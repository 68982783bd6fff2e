using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.KubernetesApi;

namespace VisionRollout.Rehearsal.Tests.KubernetesApi;

public sealed class PatchTests
{
    private const string Pod = """
        {"metadata":{"finalizers":["a"]},"spec":{"containers":[
          {"name":"app","image":"x:1","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"args":["one"]},
          {"name":"side","image":"y:1"}]}}
        """;

    [Theory]
    [InlineData("""{"spec":{"containers":[{"name":"app","image":"x:2"}]}}""",
        """{"metadata":{"finalizers":["a"]},"spec":{"containers":[{"name":"app","image":"x:2","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"args":["one"]},{"name":"side","image":"y:1"}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"side","$patch":"delete"}]}}""",
        """{"metadata":{"finalizers":["a"]},"spec":{"containers":[{"name":"app","image":"x:1","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"args":["one"]}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"app","env":[{"name":"A","$patch":"delete"},{"name":"C","value":"3"}],"args":["two"]}]}}""",
        """{"metadata":{"finalizers":["a"]},"spec":{"containers":[{"name":"app","image":"x:1","env":[{"name":"B","value":"2"},{"name":"C","value":"3"}],"args":["two"]},{"name":"side","image":"y:1"}]}}""")]
    [InlineData("""{"spec":{"$setElementOrder/containers":[{"name":"side"},{"name":"app"}],"containers":[{"name":"app","args":null,"env":null}]}}""",
        """{"metadata":{"finalizers":["a"]},"spec":{"containers":[{"name":"side","image":"y:1"},{"name":"app","image":"x:1"}]}}""")]
    [InlineData("""{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["b"]}}""",
        """{"metadata":{"finalizers":["b"]},"spec":{"containers":[{"name":"app","image":"x:1","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"args":["one"]},{"name":"side","image":"y:1"}]}}""")]
    [InlineData("""{"spec":{"$patch":"replace","nodeName":"n"}}""", """{"metadata":{"finalizers":["a"]},"spec":{"nodeName":"n"}}""")]
    public void A_strategic_merge_patch_merges_lists_by_their_keys_and_follows_its_directives(string patch, string expected) =>
        AssertJson(expected, new StrategicMergePatch(new ListKeys("")).Apply(Parse(Pod), Parse(patch)));

    [Fact]
    public void A_merge_patch_replaces_lists_and_removes_null_fields() =>
        AssertJson("""{"a":[2],"c":{"e":1}}""", MergePatch.Apply(Parse("""{"a":[1],"b":1,"c":{"d":1}}"""), Parse("""{"a":[2],"b":null,"c":{"d":null,"e":1}}"""))!);

    [Theory]
    [InlineData("""[{"op":"add","path":"/a/-","value":3},{"op":"remove","path":"/a/0"}]""", """{"a":[2,3],"b/c":1}""")]
    [InlineData("""[{"op":"test","path":"/b~1c","value":1},{"op":"replace","path":"/b~1c","value":2}]""", """{"a":[1,2],"b/c":2}""")]
    [InlineData("""[{"op":"move","from":"/b~1c","path":"/d"},{"op":"copy","from":"/a/1","path":"/a/0"}]""", """{"a":[2,1,2],"d":1}""")]
    public void A_json_patch_carries_out_its_operations_in_order(string patch, string expected) =>
        AssertJson(expected, JsonPatch.Apply(Parse("""{"a":[1,2],"b/c":1}"""), JsonNode.Parse(patch)));

    [Theory]
    [InlineData("""[{"op":"test","path":"/a","value":2}]""")]
    [InlineData("""[{"op":"remove","path":"/missing"}]""")]
    [InlineData("""[{"op":"add","path":"/x/y","value":1}]""")]
    public void A_json_patch_that_does_not_apply_is_refused(string patch) =>
        Assert.Equal(422, Assert.Throws<ApiException>(() => JsonPatch.Apply(Parse("""{"a":1}"""), JsonNode.Parse(patch))).Code);

    [Fact]
    public void Yaml_reads_as_the_json_that_it_means() =>
        AssertJson("""{"a":1,"b":"1","c":true,"d":null,"e":["x",1.5],"f":"v1.0.0","g":"2026-11-23T09:00:00Z"}""",
            YamlDocument.Read("a: 1\nb: '1'\nc: true\nd:\ne: [x, 1.5]\nf: v1.0.0\ng: 2026-11-23T09:00:00Z")!);

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;

    private static void AssertJson(string expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual.ToJsonString())), actual.ToJsonString());
}
