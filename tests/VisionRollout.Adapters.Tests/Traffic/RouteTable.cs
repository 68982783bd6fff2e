namespace VisionRollout.Adapters.Tests.Traffic;

/// <summary>Routes before and after a write: what is not named in the case stays as it is.</summary>
public static class RouteTable
{
    public static TheoryData<RouteCase> VirtualServices =>
    [
        new RouteCase("all on green, canary of 5 % with header route: the plan document's own shape",
            """[{"route":[{"destination":{"host":"vision-to-code-green","port":{"number":80}},"weight":100}]}]""", 95, 5, "blue",
            """
            [{"match":[{"headers":{"canary":{"exact":"true"}}}],"route":[{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":100}]},
             {"route":[{"destination":{"host":"vision-to-code-green","port":{"number":80}},"weight":95},{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":5}]}]
            """),
        new RouteCase("timeouts, retries and mirror stay, the header route takes timeouts and retries over",
            """[{"name":"main","timeout":"10s","retries":{"attempts":2},"route":[{"destination":{"host":"vision-to-code-green"}}]}]""", 90, 10, "blue",
            """
            [{"match":[{"headers":{"canary":{"exact":"true"}}}],"timeout":"10s","retries":{"attempts":2},"route":[{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":100}]},
             {"name":"main","timeout":"10s","retries":{"attempts":2},"route":[{"destination":{"host":"vision-to-code-green"},"weight":90},{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":10}]}]
            """),
        new RouteCase("the header route that stands there is pointed elsewhere and keeps its own settings",
            """
            [{"match":[{"headers":{"canary":{"exact":"true"}}}],"timeout":"99s","route":[{"destination":{"host":"vision-to-code-blue"},"weight":100}]},
             {"route":[{"destination":{"host":"vision-to-code-green"},"weight":0},{"destination":{"host":"vision-to-code-blue"},"weight":100}]}]
            """, 0, 100, "green",
            """
            [{"match":[{"headers":{"canary":{"exact":"true"}}}],"timeout":"99s","route":[{"destination":{"host":"vision-to-code-green","port":{"number":80}},"weight":100}]},
             {"route":[{"destination":{"host":"vision-to-code-green"},"weight":0},{"destination":{"host":"vision-to-code-blue"},"weight":100}]}]
            """),
        new RouteCase("cutover: the header route goes, the old colour keeps its destination with weight 0",
            """
            [{"match":[{"headers":{"canary":{"exact":"true"}}}],"route":[{"destination":{"host":"vision-to-code-blue"},"weight":100}]},
             {"route":[{"destination":{"host":"vision-to-code-green"},"weight":50},{"destination":{"host":"vision-to-code-blue"},"weight":50}]}]
            """, 0, 100, null,
            """[{"route":[{"destination":{"host":"vision-to-code-green"},"weight":0},{"destination":{"host":"vision-to-code-blue"},"weight":100}]}]"""),
        new RouteCase("a header that is spelled otherwise, another header and another value are somebody's own rules",
            """
            [{"match":[{"headers":{"Canary":{"exact":"true"}}}],"route":[{"destination":{"host":"vision-to-code-blue"}}]},
             {"match":[{"headers":{"canary":{"exact":"false"}}}],"route":[{"destination":{"host":"vision-to-code-green"}}]},
             {"match":[{"headers":{"canary":{"exact":"true"},"x-team":{"exact":"qa"}}}],"route":[{"destination":{"host":"vision-to-code-blue"}}]},
             {"match":[{"queryParams":{"v":{"exact":"2"}}}],"route":[{"destination":{"host":"vision-to-code-blue"}}]},
             {"route":[{"destination":{"host":"vision-to-code-green"}}]}]
            """, 75, 25, null,
            """
            [{"match":[{"headers":{"canary":{"exact":"false"}}}],"route":[{"destination":{"host":"vision-to-code-green"}}]},
             {"match":[{"headers":{"canary":{"exact":"true"},"x-team":{"exact":"qa"}}}],"route":[{"destination":{"host":"vision-to-code-blue"}}]},
             {"match":[{"queryParams":{"v":{"exact":"2"}}}],"route":[{"destination":{"host":"vision-to-code-blue"}}]},
             {"route":[{"destination":{"host":"vision-to-code-green"},"weight":75},{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":25}]}]
            """),
        new RouteCase("entries by path all move, each with a header route of its own; redirects, other services and mirrors stay",
            """
            [{"match":[{"uri":{"prefix":"/old"}}],"redirect":{"uri":"/new"}},
             {"match":[{"uri":{"prefix":"/docs"}}],"route":[{"destination":{"host":"docs"}}]},
             {"match":[{"uri":{"prefix":"/api"}},{"uri":{"exact":"/graphql"}}],"rewrite":{"uri":"/"},"route":[{"destination":{"host":"vision-to-code-green"}}]},
             {"mirror":{"host":"vision-to-code-blue"},"mirrorPercentage":{"value":1.50},"route":[{"destination":{"host":"vision-to-code-green"},"headers":{"request":{"set":{"x":"1"}}}}]}]
            """, 95, 5, "blue",
            """
            [{"match":[{"uri":{"prefix":"/old"}}],"redirect":{"uri":"/new"}},
             {"match":[{"uri":{"prefix":"/docs"}}],"route":[{"destination":{"host":"docs"}}]},
             {"match":[{"uri":{"prefix":"/api"},"headers":{"canary":{"exact":"true"}}},{"uri":{"exact":"/graphql"},"headers":{"canary":{"exact":"true"}}}],"rewrite":{"uri":"/"},"route":[{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":100}]},
             {"match":[{"uri":{"prefix":"/api"}},{"uri":{"exact":"/graphql"}}],"rewrite":{"uri":"/"},"route":[{"destination":{"host":"vision-to-code-green"},"weight":95},{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":5}]},
             {"match":[{"headers":{"canary":{"exact":"true"}}}],"mirror":{"host":"vision-to-code-blue"},"mirrorPercentage":{"value":1.50},"route":[{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":100}]},
             {"mirror":{"host":"vision-to-code-blue"},"mirrorPercentage":{"value":1.50},"route":[{"destination":{"host":"vision-to-code-green"},"headers":{"request":{"set":{"x":"1"}}},"weight":95},{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":5}]}]
            """),
        new RouteCase("subsets of one colour keep their proportion",
            """[{"route":[{"destination":{"host":"vision-to-code-green","subset":"a"},"weight":60},{"destination":{"host":"vision-to-code-green","subset":"b"},"weight":40}]}]""", 95, 5, null,
            """[{"route":[{"destination":{"host":"vision-to-code-green","subset":"a"},"weight":57},{"destination":{"host":"vision-to-code-green","subset":"b"},"weight":38},{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":5}]}]"""),
        new RouteCase("full host names are known, and new ones are written alike; a foreign destination of weight 0 stays",
            """
            [{"route":[{"destination":{"host":"vision-to-code-green.vision-to-code-production.svc.cluster.local","port":{"number":8080}},"weight":100},
                       {"destination":{"host":"maintenance-page"},"weight":0}]}]
            """, 95, 5, null,
            """
            [{"route":[{"destination":{"host":"vision-to-code-green.vision-to-code-production.svc.cluster.local","port":{"number":8080}},"weight":95},
                       {"destination":{"host":"maintenance-page"},"weight":0},
                       {"destination":{"host":"vision-to-code-blue.vision-to-code-production.svc.cluster.local","port":{"number":8080}},"weight":5}]}]
            """),
        new RouteCase("what already is as wanted stays to the byte, also without explicit weights",
            """[{"route":[{"destination":{"host":"vision-to-code-green"}}]}]""", 100, 0, null,
            """[{"route":[{"destination":{"host":"vision-to-code-green"}}]}]"""),
    ];

    public static TheoryData<RouteCase> HttpRoutes =>
    [
        new RouteCase("canary of 5 % with header route; filters and timeouts stay",
            """[{"name":"main","timeouts":{"request":"10s"},"backendRefs":[{"name":"vision-to-code-green","port":80,"weight":100}]}]""", 95, 5, "blue",
            """
            [{"timeouts":{"request":"10s"},"backendRefs":[{"name":"vision-to-code-blue","port":80,"weight":100}],"matches":[{"headers":[{"type":"Exact","name":"canary","value":"true"}]}]},
             {"name":"main","timeouts":{"request":"10s"},"backendRefs":[{"name":"vision-to-code-green","port":80,"weight":95},{"name":"vision-to-code-blue","port":80,"weight":5}]}]
            """),
        new RouteCase("weights are in proportion: 1 and 3 are 25 and 75 per cent, and stay when that is wanted",
            """[{"matches":[{"path":{"type":"PathPrefix","value":"/"}}],"backendRefs":[{"name":"vision-to-code-green","port":80},{"name":"vision-to-code-blue","port":80,"weight":3}]}]""", 25, 75, null,
            """[{"matches":[{"path":{"type":"PathPrefix","value":"/"}}],"backendRefs":[{"name":"vision-to-code-green","port":80},{"name":"vision-to-code-blue","port":80,"weight":3}]}]"""),
        new RouteCase("the header route of an entry by path keeps the path; another namespace's Service of the same name is foreign",
            """
            [{"matches":[{"path":{"type":"Exact","value":"/x"}}],"backendRefs":[{"name":"vision-to-code-green","namespace":"other","port":80}]},
             {"matches":[{"path":{"type":"PathPrefix","value":"/api"}}],"backendRefs":[{"name":"vision-to-code-green","port":8080}]}]
            """, 50, 50, "blue",
            """
            [{"matches":[{"path":{"type":"Exact","value":"/x"}}],"backendRefs":[{"name":"vision-to-code-green","namespace":"other","port":80}]},
             {"matches":[{"path":{"type":"PathPrefix","value":"/api"},"headers":[{"type":"Exact","name":"canary","value":"true"}]}],"backendRefs":[{"name":"vision-to-code-blue","port":8080,"weight":100}]},
             {"matches":[{"path":{"type":"PathPrefix","value":"/api"}}],"backendRefs":[{"name":"vision-to-code-green","port":8080,"weight":50},{"name":"vision-to-code-blue","port":8080,"weight":50}]}]
            """),
        new RouteCase("the header route goes, another header's rule stays",
            """
            [{"matches":[{"headers":[{"name":"canary","value":"true"}]}],"backendRefs":[{"name":"vision-to-code-blue","port":80}]},
             {"matches":[{"headers":[{"name":"x-team","value":"qa"}]}],"backendRefs":[{"name":"vision-to-code-blue","port":80}]},
             {"backendRefs":[{"name":"vision-to-code-green","port":80,"weight":50},{"name":"vision-to-code-blue","port":80,"weight":50}]}]
            """, 100, 0, null,
            """
            [{"matches":[{"headers":[{"name":"x-team","value":"qa"}]}],"backendRefs":[{"name":"vision-to-code-blue","port":80}]},
             {"backendRefs":[{"name":"vision-to-code-green","port":80,"weight":100},{"name":"vision-to-code-blue","port":80,"weight":0}]}]
            """),
    ];
}
