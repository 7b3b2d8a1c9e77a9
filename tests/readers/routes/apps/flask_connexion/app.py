import connexion

options = {"swagger_ui": False}
orchard = connexion.App(__name__, specification_dir="api/spec", options=options)
orchard.add_api("orchard.yaml", validate_responses=True)

if __name__ == "__main__":
    orchard.run(host="127.0.0.1", port=5000)
